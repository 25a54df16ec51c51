"""One system each, behind one protocol; run by `benchmarks.peers` in environments of their own."""
