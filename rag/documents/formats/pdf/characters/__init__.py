"""What a page draws: its characters, their places, and the words they spell."""
