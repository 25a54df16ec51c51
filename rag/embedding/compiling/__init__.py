"""From a model folder to compiled encoders: exported, simplified, quantized, in processes apart."""
