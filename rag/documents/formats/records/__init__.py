"""Reads JSON and XML: texts with their fields, or records as rows of a table."""
