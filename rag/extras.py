"""The parts of Wenda that are installed only where they are used: `pip install 'wenda[index]'`."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal

from rag.errors import ExtraError

Extra = Literal["read", "index", "ocr", "mcp", "telegram", "writer", "eval"]

#: For each extra in pyproject.toml: its purpose, and the modules that its packages bring.
EXTRAS: Mapping[Extra, tuple[str, tuple[str, ...]]] = {
    "read": (
        "Building an index",
        (
            "chardet",
            "docutils",
            "lxml",
            "markdown_it",
            "mdit_py_plugins",
            "openpyxl",
            "pptx",
            "pypdfium2",
            "pypinyin",
            "striprtf",
            "xlrd",
            "yaml",
        ),
    ),
    "index": (
        "Compiling a model",
        (
            "huggingface_hub",
            "onnx",
            "onnxscript",
            "safetensors",
            "sentence_transformers",
            "torch",
            "transformers",
        ),
    ),
    "ocr": ("Recognizing text in pictures", ("rapidocr",)),
    "mcp": ("Answering agents over MCP", ("mcp",)),
    "telegram": ("The Telegram bot", ("telegram", "aiolimiter")),
    "writer": ("A written answer", ("httpx",)),
    "eval": ("Calibrating and writing a report", ("jinja2", "matplotlib", "sklearn")),
}


def require(extra: Extra, *, within: Extra | None = None) -> None:
    """Raises ExtraError where a module of the extra is missing. The message names what to install:
    the extra, or the larger one that it is `within`.

    Nothing is imported.
    """
    use, modules = EXTRAS[extra]
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise ExtraError(
            f"{use} needs packages that are not installed ({', '.join(missing)}). "
            f"Install them: pip install 'wenda[{within or extra}]'"
        )


def is_installed(extra: Extra) -> bool:
    """Whether every module of the extra is there. Nothing is imported."""
    return all(find_spec(name) is not None for name in EXTRAS[extra][1])
