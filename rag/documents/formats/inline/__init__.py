"""The words within a paragraph: emphasis, links, raised figures."""
