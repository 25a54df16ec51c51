"""Which part of a passage is quoted, and what belongs to it."""
