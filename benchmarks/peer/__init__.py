"""One module per system, behind one protocol; `benchmarks.peers` runs each in its environment."""
