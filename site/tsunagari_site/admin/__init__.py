"""The pages with which an administrator keeps the directory."""
