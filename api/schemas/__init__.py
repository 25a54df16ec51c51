"""The JSON that requests hold, and those responses that are not the answer object."""
