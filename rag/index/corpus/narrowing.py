"""Narrowing to some documents, before anything is scored: by folder, name, type and date."""

from dataclasses import dataclass, fields

#: The endings of files that a word for a type stands for; other words are endings themselves.
_ENDINGS = {
    "word": ("docx", "doc", "odt", "rtf"),
    "excel": ("xlsx", "xls", "xlsm", "ods", "csv", "tsv"),
    "sheet": ("xlsx", "xls", "xlsm", "ods", "csv", "tsv"),
    "slides": ("pptx", "odp"),
    "powerpoint": ("pptx", "odp"),
    "markdown": ("md", "markdown"),
    "web": ("html", "htm", "xhtml", "mht", "mhtml"),
    "html": ("html", "htm", "xhtml"),
    "text": ("txt", "text"),
    "mail": ("eml", "mbox"),
    "book": ("epub",),
}


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents are searched; empty fields leave all of them.

    `folder` is a folder's path or the end or middle of one, `document` a part of a title or path,
    `type` a file's ending or a word for several. `after` and `before` are dates, or their
    beginnings (2024, 2024-05): from that one on, and up to that one without it. A document without
    a date matches neither. Case is ignored.
    """

    folder: str = ""
    document: str = ""
    type: str = ""
    after: str = ""
    before: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def condition(self) -> tuple[str, list[str]]:
        """A condition of SQL on `documents`, with its values; it calls `casefolded`."""
        conditions, values = ["1"], list[str]()
        if self.folder:
            conditions.append("instr('/' || casefolded(path), ?)")
            values.append(f"/{self.folder.strip('/').casefold()}/")
        if self.document:
            conditions.append("(instr(casefolded(title), ?) OR instr(casefolded(path), ?))")
            values += [self.document.casefold()] * 2
        if self.type:
            kind = self.type.casefold().lstrip(".")
            endings = _ENDINGS.get(kind, (kind,))
            each = "casefolded(path) LIKE ? ESCAPE '\\'"
            conditions.append(f"({' OR '.join([each] * len(endings))})")
            values += [f"%.{_escaped(ending)}" for ending in endings]
        for sign, date in ((">=", self.after), ("<", self.before)):
            if date:
                conditions.append(f"date {sign} ?")
                values.append(date)
        return " AND ".join(conditions), values


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in text)
