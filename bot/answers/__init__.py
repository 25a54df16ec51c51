"""Answers as the bot gives them: asked in threads, kept for their buttons, their surroundings."""
