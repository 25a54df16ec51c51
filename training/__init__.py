"""Programs that make the weights that are shipped. Never part of the tests."""
