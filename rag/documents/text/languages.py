"""Which language a text is in, as an ISO 639-1 code."""

import re
from collections import Counter
from collections.abc import Sequence
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
#: Languages that are not written in Latin letters.
_FOREIGN = {*_LANGUAGE.values(), *(code for codes in _CANDIDATES.values() for code in codes)}
_SAMPLE = 4_000
#: A text of at least this many characters says itself which language it is in.
_SURE = 80
#: A shorter one where its language is so much more likely than any other (a difference of log
#: likelihoods): "thanks" and "timeout" are as likely in ten languages.
_AHEAD = 4.0
#: How many pieces of a document without sentences are looked at.
_PIECES = 40
_WORDS = re.compile(r"[^\W\d_]{2,}")


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
    unknown = "en" if candidates is None else candidates[0]
    return next((code for code in ranked if _may_be(code, candidates)), unknown), script


def _may_be(code: str, candidates: tuple[str, ...] | None) -> bool:
    """Whether a language is one of the candidates for its script; where there are none, one that
    is written in Latin letters.
    """
    return len(code) == 2 and (code not in _FOREIGN if candidates is None else code in candidates)


def script_language(text: str) -> str | None:
    """The ISO 639-1 code that a text's script alone tells; None where several languages share it,
    or the text has no letters.
    """
    return _LANGUAGE.get(detect_script(text))


def sure_language(text: str) -> str:
    """The ISO 639-1 code of a short text; "und" where it might as well be in another language."""
    script = detect_script(text)
    if script in _LANGUAGE:
        return _LANGUAGE[script]
    if script == "Zyyy":
        return "und"
    candidates = _CANDIDATES.get(script)
    ranked = _identifier().rank(text[:_SAMPLE])
    likely = [(code, score) for code, score in ranked if _may_be(code, candidates)][:2]
    if len(likely) == 2 and likely[0][1] - likely[1][1] < _AHEAD:
        return "und"
    return likely[0][0] if likely else "und"


def language_of_pieces(pieces: Sequence[str]) -> str:
    """The ISO 639-1 code that most of the pieces of a table or of code are surely in; "und" where
    few are: names, numbers and commands are in no language, and many of them in some by chance.
    """
    step = -(-len(pieces) // _PIECES) or 1
    votes = Counter(sure_language(" ".join(_WORDS.findall(each))) for each in pieces[::step])
    unsure = votes.pop("und", 0)
    language, count = max(votes.items(), key=lambda vote: vote[1], default=("und", 0))
    return language if 2 * count > unsure + votes.total() else "und"


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
    return detect_language(text)[0] if len(text) >= _SURE else sure_language(text)


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
    return None if code in _FOREIGN else code


@cache
def _identifier() -> _Identifier:
    # Its model takes a quarter of a second and 76 MB; texts in Chinese never need it.
    import py3langid  # type: ignore[import-untyped]  # it ships no annotations

    return cast("_Identifier", py3langid)
