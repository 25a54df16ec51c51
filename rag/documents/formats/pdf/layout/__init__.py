"""How a page is read: segments in bands, columns, tables and paragraphs."""
