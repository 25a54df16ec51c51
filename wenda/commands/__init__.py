"""What the commands of `wenda` do; one module per command."""
