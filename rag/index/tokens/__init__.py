"""Token codes for late interaction: what MaxSim compares, and how it lies on disk."""
