"""Build time only: from a sentence-transformers model folder to compiled ONNX encoders."""
