"""Run time: tokenizer and ONNX encoders turn text into vectors and token states."""
