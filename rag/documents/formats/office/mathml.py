"""Formulas of web pages and books (MathML) on one line, as one types them: a/b, x^2, √(y)."""

from collections.abc import Callable
from typing import Any

_SILENT = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})


def mathml_text(element: Any) -> str:
    """The formula on one line."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if not name or name in _SILENT:
        return ""
    parts = [child for child in element if isinstance(child.tag, str)]
    write = _WRITTEN.get(name)
    if write is not None and len(parts) >= 2:
        return write([mathml_text(part).strip() for part in parts])
    inner = (element.text or "").strip() + "".join(map(mathml_text, parts))
    if name == "msqrt":
        return f"√({inner})"
    if name == "mtr":
        return ", ".join(mathml_text(part).strip() for part in parts)
    if name == "mtable":
        return f"[{'; '.join(mathml_text(part) for part in parts)}]"
    if name == "mfenced":
        return f"({', '.join(mathml_text(part) for part in parts)})"
    return f" {inner} " if name == "mtext" else inner


def _held(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


_WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "mfrac": lambda parts: f"{_held(parts[0])}/{_held(parts[1])}",
    "msup": lambda parts: f"{parts[0]}^{_held(parts[1])}",
    "msub": lambda parts: f"{parts[0]}_{_held(parts[1])}",
    "msubsup": lambda parts: f"{parts[0]}_{_held(parts[1])}^{_held(parts[-1])}",
    "munder": lambda parts: f"{parts[0]}_{_held(parts[1])}",
    "munderover": lambda parts: f"{parts[0]}_{_held(parts[1])}^{_held(parts[-1])} ",
    "mroot": lambda parts: f"{parts[1]}√({parts[0]})",
}
