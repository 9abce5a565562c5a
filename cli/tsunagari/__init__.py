"""Settings and wiring: the one place that chooses an engine, opens the data folder and builds the site."""
