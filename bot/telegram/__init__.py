"""Talking to Telegram's Bot API: requests, polling, the webhook, delivery."""
