"""The search engines, one module each. To add one: a module here, a value in the settings, a parameter of the contract test."""
