"""What the bot says and how it looks: replies and their markup."""
