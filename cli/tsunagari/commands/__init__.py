"""The commands, by what they are about; :mod:`tsunagari.cli` puts them together."""
