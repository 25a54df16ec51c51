"""Intake: which updates are addressed to the bot, allowed, and within the rate limits."""
