"""Languages and scripts as numbers, of which an index keeps one for each paragraph."""

#: Scripts whose texts share words with each other.
_SHARED = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hani"}
NO_SCRIPT = NO_LANGUAGE = 0
_GROUPS = (
    *("Zyyy", "Hani", "Latn", "Cyrl", "Arab", "Kore", "Deva", "Thai", "Grek", "Hebr", "Beng"),
    *("Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh", "Laoo", "Tibt", "Mymr"),
    *("Geor", "Ethi", "Khmr", "Armn"),
)


def script_code(script: str) -> int:
    """A number for each group of scripts whose texts share words, as simplified and traditional
    Chinese do; `NO_SCRIPT` for all others.
    """
    group = _SHARED.get(script, script)
    return _GROUPS.index(group) if group in _GROUPS else NO_SCRIPT


def language_code(language: str) -> int:
    """A number for a language, from its ISO 639-1 code; 0 for what has no such code."""
    if len(language) != 2 or not language.isascii():
        return NO_LANGUAGE
    return ord(language[0]) << 8 | ord(language[1])
