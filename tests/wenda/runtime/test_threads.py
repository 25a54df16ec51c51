"""Only the programs decide how many threads the process computes with, not the library."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import json, sys
from pathlib import Path
from threadpoolctl import threadpool_info
import numpy as np
from rag.answering.service import Service
from tests.fakes import CALIBRATION, open_index
from wenda.runtime.threads import limit_blas_threads

def threads():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

before = threads()
Service(open_index(Path(sys.argv[1]), {"a.md": "one."}), CALIBRATION)
library = threads()
limit_blas_threads()
print(json.dumps([before, library, threads()]))
"""


def test_opening_an_index_leaves_the_process_as_it_was_and_a_program_limits_it(
    tmp_path: Path,
) -> None:
    # Two, whatever the machine and whoever runs this have: one could not be told from limited.
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    before, library, limited = json.loads(ran.stdout)
    assert library == before == [2] * len(before) != []
    assert limited == [1] * len(before)
