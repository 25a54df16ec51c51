"""Characters, encodings, scripts, languages and sentences."""
