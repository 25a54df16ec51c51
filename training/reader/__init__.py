"""The reader of `rag.reading`: its texts, its network, its training (docs/reader.md)."""
