"""The composition root: builds the library's parts from the settings."""
