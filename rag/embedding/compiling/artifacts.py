"""The files that the exporter leaves for the compiler, and the progress stage they share."""

NETWORK_FILE = "exported.onnx"
#: The reader's network; where the model has a reader.
READER_NETWORK_FILE = "reader.exported.onnx"
#: Questions, and the model's own vectors of them.
EXPECTED_FILE = "expected.npz"
#: The version of ONNX's operators; since 23, attention is one of them.
OPSET = 23
#: The stage's name and its number of steps; exporting is the first.
STAGE, STEPS = "compiling the question encoder", 4
