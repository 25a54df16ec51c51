"""Importing PyTorch takes seconds, so without the tests of a model nothing here does."""

from pathlib import Path

import pytest

_NEEDS_TORCH = {"test_exporter.py", "test_reader_compiler.py", "test_torch_model.py"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out what would be deselected anyway, before it is imported."""
    without_model = "not model" in (config.option.markexpr or "")
    return (without_model and collection_path.name in _NEEDS_TORCH) or None
