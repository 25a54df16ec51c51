"""The report of an evaluation: figures, plots, one HTML page."""
