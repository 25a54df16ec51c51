"""The commands of `wenda`, one module for each."""
