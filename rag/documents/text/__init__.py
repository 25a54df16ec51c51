"""What is known of characters, encodings, scripts, languages and sentences."""
