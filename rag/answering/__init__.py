"""Questions in, cited answers out: the conversation, quotations, confidence."""
