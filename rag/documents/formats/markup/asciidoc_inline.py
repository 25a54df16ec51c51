"""AsciiDoc's inline markup: links, footnotes, keys, attributes."""

import re
from collections.abc import Mapping

from rag.documents.formats.markup.light_markup import literal

_REFERENCE = re.compile(r"\{([\w-]+)\}")
_LINK = re.compile(
    r"(?:link:|xref:|mailto:)?((?:https?|ftp|mailto)[^\s\[\]]*|(?<=:)[^\s\[\]]{1,500})\[([^\]]*)\]"
)
_CROSS = re.compile(r"<<([^,<>]+?)(?:,\s*([^<>]+))?>>|xref:([^\s\[]+)\[([^\]]*)\]")
_INLINE = re.compile(
    r"(?:kbd|btn|menu|footnote|footnoteref|pass|stem|image|icon|indexterm2?|anchor):([^\s\[]*)\[([^\]]*)\]"
)
#: The page of a manual, by name and section.
_MANUAL = re.compile(r"\b(?:link[a-z]+|man):([\w.+-]+)\[(\d\w*)\]")
_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\(\(\([^)]*\)\)\)")
_ROLE = re.compile(r"\[(\.?[\w.-]+)\](?=[#*_`])")
_MARK = re.compile(r"(?<![\w#])#([^#\n]+)#(?![\w#])")
_STRIKE = re.compile(r"\[\.?(?:line-through|strike)\]#[^#\n]+#")
_POWER = re.compile(r"\^([^\^\s]+)\^")


def without_marks(text: str, attributes: Mapping[str, str]) -> str:
    """A line's words without AsciiDoc's marks, with the values of attributes, as light markup."""
    text = _REFERENCE.sub(lambda m: attributes.get(m[1].lower(), m[0]), text)
    text = _ANCHOR.sub("", _STRIKE.sub("", text))
    text = _CROSS.sub(lambda m: m[2] or m[4] or (m[1] or m[3]).lstrip("#_").replace("_", " "), text)
    text = _MANUAL.sub(r"\1(\2)", _INLINE.sub(_inline, text))
    text = _LINK.sub(lambda m: f"[{m[2].split(',')[0] or m[1]}]({m[1]})", text)
    text = _POWER.sub(r"<sup>\1</sup>", _MARK.sub(r"\1", _ROLE.sub("", text)))
    sup = text.replace("<sup>", "\0").replace("</sup>", "\1")
    text = literal(sup).replace("\0", "<sup>").replace("\1", "</sup>")
    return text.removesuffix(" +") + ("  " if text.endswith(" +") else "")


def _inline(match: re.Match[str]) -> str:
    kind = match[0].partition(":")[0]
    if kind in {"image", "icon", "anchor", "indexterm"}:
        return ""
    if kind == "menu":
        return " > ".join(part for part in (match[1], match[2]) if part)
    if kind.startswith("footnote"):
        return f" [{match[2]}]"
    return match[2] or match[1]
