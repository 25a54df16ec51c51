"""Tables: which cells name the columns, and rows as text that can be quoted alone."""
