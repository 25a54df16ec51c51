"""Which of the passages found may answer a question, and in which order."""
