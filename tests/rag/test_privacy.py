"""Nothing that Wenda uses reports to anybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

#: What uses onnxruntime, each in the order in which a program would import it.
USES = {
    "questions": "import rag.encoding.onnx_encoder as used; used.ort.SessionOptions()",
    "compiling": "import rag.embedding.compiling.quantization as used; used.ort.SessionOptions()",
    "recognizing": "import rag.documents.formats.pictures.engine; import onnxruntime as ort; "
    "ort.SessionOptions()",
}


@pytest.mark.parametrize("use", USES)
def test_onnxruntime_keeps_no_device_id_and_no_events(tmp_path: Path, use: str) -> None:
    environment = {n: v for n, v in os.environ.items() if n != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    ran = subprocess.run(
        [sys.executable, "-c", USES[use]],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "elemetry" not in ran.stderr
    assert [path for path in tmp_path.rglob("*") if "icrosoft" in str(path)] == []
