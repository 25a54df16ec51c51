"""OpenAI's chat protocol: its routes, its JSON, and answers written as chat messages."""
