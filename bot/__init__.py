"""The Telegram front end: ask, see the sentence, check the source."""
