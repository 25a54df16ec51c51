"""From a model folder to ONNX encoders, in separate processes: exported, simplified, quantized."""
