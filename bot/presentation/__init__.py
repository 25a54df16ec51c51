"""What the bot says and how it looks: replies, markup, menus, the catalogue of words."""
