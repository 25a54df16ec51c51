"""Wenda's own routes, one module per resource."""
