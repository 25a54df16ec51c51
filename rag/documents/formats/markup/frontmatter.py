"""What a Markdown file says of itself in the YAML between `---` at its top."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from rag.documents.cleaning.dates import find_date
from rag.documents.text.characters import tidy

#: How YAML writes that there is no value.
_NOTHING = frozenset({"", "~", "null"})
_LESS_THAN_A_DAY = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter states; None for each thing that it does not."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    language: str | None = None


def parse_front_matter(text: str) -> FrontMatter | None:
    """The statements in it, or None when it is no YAML mapping and so must be ordinary text."""
    try:
        # Every value as it is written: `title: 0x1F`, `1_000` or `12:30` is no number to a reader.
        values = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but strings
    except (yaml.YAMLError, RecursionError):
        return None
    return stated(values) if isinstance(values, dict) else None


def stated(values: Mapping[str, object]) -> FrontMatter:
    """The statements among the fields of a record, whatever case their names have."""
    known = {str(key).strip().lower(): value for key, value in values.items()}
    language = _words(known.get("lang") or known.get("language"))
    code = language.replace("_", "-").split("-")[0].lower() if language else ""
    return FrontMatter(
        title=_words(known.get("title")),
        date=_date(known.get("date")),
        source=_words(known.get("source")),
        language=code if len(code) == 2 and code.isascii() and code.isalpha() else None,
    )


def _words(value: object) -> str | None:
    words = tidy(str(value)) if isinstance(value, str | int | float) else ""
    return None if words.lower() in _NOTHING else words


def _date(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return str(value)
    if not isinstance(value, str):
        return None
    found = find_date(value)
    if found:
        return found[0]
    return value.strip() if _LESS_THAN_A_DAY.fullmatch(value.strip()) else None
