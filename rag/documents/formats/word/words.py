"""What is found in a paragraph of a Word file."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ParagraphWords:
    """What is found in a paragraph. `boxes`, `charts` are elements; `notes` (kind, id, mark)."""

    text: str = ""
    bold: bool = False
    size: int = 0
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
