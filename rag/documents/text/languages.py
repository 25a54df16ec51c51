"""Which language a text is in, as an ISO 639-1 code."""

from functools import cache
from typing import Protocol, cast

from rag.documents.text.scripts import detect_script

#: Scripts that one language (of those the default model knows) is written in.
_LANGUAGE = {
    "Hans": "zh", "Hant": "zh", "Jpan": "ja", "Kore": "ko", "Grek": "el", "Hebr": "he",
    "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn",
    "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo", "Tibt": "bo", "Mymr": "my",
    "Geor": "ka", "Ethi": "am", "Khmr": "km", "Armn": "hy",
}  # fmt: skip
#: Scripts shared by several languages: only these are candidates, the first when in doubt.
_CANDIDATES = {
    "Cyrl": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn"),
    "Arab": ("ar", "fa", "ur", "ps", "ug"),
    "Deva": ("hi", "mr", "ne"),
    "Beng": ("bn", "as"),
}
_SAMPLE = 4_000
#: A text of at least this many characters says itself which language it is in.
_SURE = 80


class _Identifier(Protocol):
    def rank(self, instance: str) -> list[tuple[str, float]]: ...


def detect_language(text: str) -> tuple[str, str]:
    """ISO 639-1 language and ISO 15924 script of most of the text; ('und', 'Zyyy') if no letters.

    Short texts in a script that many languages share are guesses; `detect_script` is not.
    """
    script = detect_script(text)
    if script == "Zyyy":
        return "und", script
    if script in _LANGUAGE:
        return _LANGUAGE[script], script
    ranked = [code for code, _ in _identifier().rank(text[:_SAMPLE])]
    candidates = _CANDIDATES.get(script)
    if candidates is None:
        foreign = {*_LANGUAGE.values(), *(code for codes in _CANDIDATES.values() for code in codes)}
        return next(
            (code for code in ranked if code not in foreign and len(code) == 2), "en"
        ), script
    return next((code for code in ranked if code in candidates), candidates[0]), script


def paragraph_language(text: str, of_document: str) -> str:
    """The ISO 639-1 code of a part of a document.

    A short part is in the document's language unless its script says otherwise: of a few words in
    a script that many languages share, the language would be a guess.
    """
    script = detect_script(text)
    if script == "Zyyy":
        return of_document
    fits = fitting_language(of_document, text) is not None
    if fits and (len(text) < _SURE or script in _LANGUAGE):
        return of_document
    return detect_language(text)[0]


def fitting_language(declared: str | None, text: str) -> str | None:
    """The ISO 639-1 code that a file declares (`zh-CN` → zh), if the text's script allows it.

    Templates declare English over any text, so what the script says comes first.
    """
    code = (declared or "").strip().replace("_", "-").split("-")[0].lower()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        return None
    script = detect_script(text[:_SAMPLE])
    if script in _LANGUAGE:
        return code if _LANGUAGE[script] == code else None
    if script in _CANDIDATES:
        return code if code in _CANDIDATES[script] else None
    foreign = {*_LANGUAGE.values(), *(known for few in _CANDIDATES.values() for known in few)}
    return None if code in foreign else code


@cache
def _identifier() -> _Identifier:
    # Its model takes a quarter of a second and 76 MB; texts in Chinese never need it.
    import py3langid  # type: ignore[import-untyped]  # it ships no annotations

    return cast("_Identifier", py3langid)
