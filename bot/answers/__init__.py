"""Answers: computed in threads, stored for their buttons, shown with neighbouring paragraphs."""
