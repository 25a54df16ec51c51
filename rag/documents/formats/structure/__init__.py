"""What formats that mark headings and lists give to the cleaning."""
