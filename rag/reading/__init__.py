"""Does a passage answer a question, and with which words: a small trained reader."""
