"""The public site: pages and the JSON API, rendered on the server, complete without JavaScript."""
