"""The way in: which updates are for the bot, from whom, and how many."""
