"""Who may call a route, and how often."""
