"""Filters in a question: `folder:2024 after:2024-03 how many jobs?`."""

import re
from dataclasses import fields, replace

from rag.index.corpus import DocumentFilter

FIELDS = tuple(field.name for field in fields(DocumentFilter))
_NAMES = {
    **{name: name for name in FIELDS},
    "文件夹": "folder",
    "文件夾": "folder",
    "資料夾": "folder",
    "文档": "document",
    "文檔": "document",
    "类型": "type",
    "類型": "type",
    "之后": "after",
    "之後": "after",
    "之前": "before",
}
#: A name and, right after its colon, a word or what stands in quotation marks.
_FILTER = re.compile(
    rf"(?<![^\s，,。；;])({'|'.join(_NAMES)})[:：](?:[\"“]([^\"“”]+)[\"”]|([^\s\"“”]+))",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")


def separate_filters(question: str) -> tuple[str, DocumentFilter]:
    """The question without its filters, and what they say; of two with one name the last."""
    found: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name = _NAMES[match[1].lower()]
        value = _value(name, match[2] or match[3])
        if value is None:
            return match[0]
        found[name] = value
        return " "

    rest = _FILTER.sub(take, question)
    return " ".join(rest.split()) if found else question, DocumentFilter(**found)


def combined(given: DocumentFilter, typed: DocumentFilter) -> DocumentFilter:
    """A filter that was given, with what was typed in its place."""
    changed = {name: value for name in FIELDS if (value := getattr(typed, name))}
    return replace(given, **changed)


def as_date(text: str) -> str | None:
    """A date or its beginning as ISO 8601 writes it, from 2024, 2024-5, 2024/5/1; else None."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    return "-".join(part.zfill(2) for part in match.groups() if part)


def _value(name: str, text: str) -> str | None:
    if name in ("after", "before"):
        return as_date(text)
    return text
