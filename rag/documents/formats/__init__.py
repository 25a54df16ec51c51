"""One module a format: a file's bytes become blocks in reading order."""
