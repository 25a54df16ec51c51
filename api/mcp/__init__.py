"""The Model Context Protocol: Wenda as tools and resources of an agent, over HTTP or stdio.

Only `server`, `routes` and `stdio` know the package `mcp`, an extra that is loaded with the first
agent.
"""
