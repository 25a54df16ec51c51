"""Formulas of office files (Office Math, OMML) on one line, as one types them: a/b, x^2, √(y)."""

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SILENT = frozenset({"rPr", "ctrlPr", "argPr", "sSupPr", "fPr"})


def formula_text(element: Any) -> str:
    """The formula on one line."""
    return _all(element)


def _all(element: Any) -> str:
    if element is None:
        return ""
    return "".join(_one(child) for child in element if isinstance(child.tag, str))


def _one(element: Any) -> str:
    name = element.tag.rpartition("}")[2]
    if name == "t":
        return element.text or ""
    if name in _SILENT or name.endswith("Pr"):
        return ""
    write = _WRITTEN.get(name)
    return write(element) if write is not None else _all(element)


def _part(element: Any, name: str) -> str:
    return _all(element.find(f"{_M}{name}")).strip()


def _held(text: str) -> str:
    """The text, in brackets where it is more than one term."""
    plain = text.isalnum() or (text[:1] in "-−" and text[1:].isalnum())
    return text if len(text) <= 1 or plain else f"({text})"


def _said(element: Any, properties: str, name: str, usual: str) -> str:
    found = element.find(f"{_M}{properties}/{_M}{name}")
    return usual if found is None else found.get(f"{_M}val") or ""


def _fraction(element: Any) -> str:
    return f"{_held(_part(element, 'num'))}/{_held(_part(element, 'den'))}"


def _scripts(element: Any) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    return (
        _part(element, "e")
        + (f"_{_held(below)}" if below else "")
        + (f"^{_held(above)}" if above else "")
    )


def _root(element: Any) -> str:
    degree = _part(element, "deg")
    return f"{'' if degree in {'', '2'} else degree}√({_part(element, 'e')})"


def _sum(element: Any) -> str:
    sign = _said(element, "naryPr", "chr", "∫")
    below, above = _part(element, "sub"), _part(element, "sup")
    bounds = (f"_{_held(below)}" if below else "") + (f"^{_held(above)}" if above else "")
    return f"{sign}{bounds} {_part(element, 'e')}"


def _brackets(element: Any) -> str:
    inner = [_all(part).strip() for part in element.iterchildren(f"{_M}e")]
    opening = _said(element, "dPr", "begChr", "(")
    return (
        opening
        + _said(element, "dPr", "sepChr", "|").join(inner)
        + _said(element, "dPr", "endChr", ")")
    )


def _matrix(element: Any) -> str:
    rows = [
        ", ".join(_all(cell).strip() for cell in row.iterchildren(f"{_M}e"))
        for row in element.iterchildren(f"{_M}mr")
    ]
    return f"[{'; '.join(rows)}]"


def _lines(element: Any) -> str:
    return "; ".join(_all(line).strip() for line in element.iterchildren(f"{_M}e"))


def _function(element: Any) -> str:
    return f"{_part(element, 'fName')} {_held(_part(element, 'e'))}"


def _limit(element: Any) -> str:
    return f"{_part(element, 'e')}_{_held(_part(element, 'lim'))}"


_WRITTEN = {
    "f": _fraction, "sSup": _scripts, "sSub": _scripts, "sSubSup": _scripts, "sPre": _scripts,
    "rad": _root, "nary": _sum, "d": _brackets, "m": _matrix, "eqArr": _lines, "func": _function,
    "limLow": _limit, "limUpp": _limit,
}  # fmt: skip
