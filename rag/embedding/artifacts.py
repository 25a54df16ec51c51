"""What exporting a model leaves for compiling it: files of a folder; and the stage of both."""

NETWORK_FILE = "exported.onnx"
#: Questions, and the model's own vectors of them.
EXPECTED_FILE = "expected.npz"
#: Of ONNX's operations; from here on, attention is one.
OPSET = 23
#: Exporting is the first of so many steps.
STAGE, STEPS = "compiling the question encoder", 4
