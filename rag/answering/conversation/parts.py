"""Questions with more than one part: "盘锦和临河哪个更多？", "When does it open, and who runs it?"

Two things that a question names side by side become a question each, and so do two questions in one
text. The word lists are of Chinese, English, German, French, Spanish and Russian. Whether the parts
are asked is decided by what they find.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.answering.anaphora import is_interrogative
from rag.index.lexical.terms import CJK, terms

_MOST_PARTS = 4
_LONGEST_NAME = 8
_CJK_JOIN = re.compile(r"(?<=[^\W\d_])\s*(?:和|与|與|跟|以及|还是|還是|、)\s*(?=[^\W_])")
_NAME = r"(?:[A-ZÀ-ÞА-Я][\w'’-]*(?:\s+(?:of|de|du|von|the)?\s*[A-ZÀ-ÞА-Я][\w'’-]*)*)"
_JOIN = r"(?:and|or|vs\.?|versus|und|oder|et|ou|y|o|и|или)"
_NAMES_JOINED = re.compile(
    rf"(?P<first>{_NAME})(?P<more>(?:,\s+{_NAME})*),?\s+{_JOIN}\s+(?P<last>{_NAME})"
)
_WORDS_JOINED = re.compile(rf"(?P<first>[^\W\d_]+)(?P<more>),?\s+{_JOIN}\s+(?P<last>[^\W\d_]+)")
#: What compares; the parts are asked without it.
_COMPARES = re.compile(
    r"^(?:请|請)?(?:比较|比較|对比|對比)一?下?|哪个[^，。？?]{0,2}(?=[^，。？?]{2})|哪個|哪一[个個]|谁更|誰更|分别|分別|各自|各(?=有|是|多少|几)"
    r"|相比|[有]?什[么麼](?:不同|区别|區別|差别|差別)|的?(?:不同|区别|區別|差异|差異)"
    r"|更[多高大少低小长長快早晚贵貴]"
    r"|\bwhich (?:one|of (?:them|the two)|is|has|have|was)\b|\brespectively\b"
    r"|\bdifference between\b|\bboth\b|\beach of\b",
    re.IGNORECASE,
)
_COMPARE = re.compile(r"^(?:please )?compare\s+", re.IGNORECASE)
_CLAUSES = re.compile(
    r"(?<=[?？])\s*(?=[^\W_])|[,，;；]\s*(?:and|and also|还有|還有|以及|另外|并且|und|et|y|и)?\s*"
    r"(?=(?:who|what|when|where|why|how|which|谁|誰|哪|什[么麼]|怎|多少|几|幾)\b|[^,，;；?？]{1,12}[是在]?(?:谁|誰|哪|什[么麼]|多少|几))"
    r"|\s+and\s+(?=(?:who|what|when|where|why|how|which)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SplitQuestion:
    """The parts of a question: what each is about, as `labels`, and how it is asked.

    `compares` says that the question sets things side by side in so many words; then a part that
    finds nothing is shown as such. `clauses` says that the parts are questions by themselves, of
    which the later may build on the first.
    """

    labels: tuple[str, ...]
    questions: tuple[str, ...]
    compares: bool = False
    clauses: bool = False


def split_question(question: str, is_known: Callable[[str], bool]) -> SplitQuestion | None:
    """The parts of a question; None where it has one. `is_known` says whether the documents have a
    term.
    """
    asked = _COMPARE.sub("", question)
    compares = asked != question
    return _clauses(question) or _joined_things(asked, is_known, compares=compares)


def _clauses(question: str) -> SplitQuestion | None:
    found = [part.strip(" ,，;；") for part in _CLAUSES.split(question) if part]
    found = [part for part in found if part]
    if not 2 <= len(found) <= _MOST_PARTS or not all(map(is_interrogative, found)):
        return None
    return SplitQuestion(tuple(found), tuple(found), clauses=True)


def _joined_things(
    question: str, is_known: Callable[[str], bool], *, compares: bool
) -> SplitQuestion | None:
    span = _names(question, _NAMES_JOINED) or _cjk_names(question, is_known)
    if span is None:
        span = _names(question, _WORDS_JOINED)
        if span is None or not all(is_known(term) for name in span[2] for term in terms(name)):
            return None
    start, end, names = span
    asked = tuple(_without_comparison(question[:start] + name + question[end:]) for name in names)
    return SplitQuestion(
        tuple(names), asked, compares=compares or _COMPARES.search(question) is not None
    )


def _names(question: str, pattern: re.Pattern[str]) -> tuple[int, int, list[str]] | None:
    match = pattern.search(question)
    if match is None:
        return None
    more = [name.strip() for name in match["more"].split(",") if name.strip()]
    names = [match["first"], *more, match["last"]]
    return (match.start(), match.end(), names) if len(names) <= _MOST_PARTS else None


def _cjk_names(question: str, is_known: Callable[[str], bool]) -> tuple[int, int, list[str]] | None:
    """Names in Chinese: as far as the documents know pairs of their characters."""
    for match in _CJK_JOIN.finditer(question):
        left = re.search(rf"[{CJK}]+$", question[: match.start()])
        right = re.match(rf"[{CJK}]+", question[match.end() :])
        if left is None or right is None:
            continue
        last = _known_start(right[0], is_known)
        first = _known_end(left[0], is_known)
        if len(first) > len(last) + 2:
            first = first[-len(last) :]
        if min(len(first), len(last)) >= 2:
            start = match.start() - len(first)
            return start, match.end() + len(last), [first, last]
    return None


def _known_start(text: str, is_known: Callable[[str], bool]) -> str:
    at, most = 2, min(len(text), _LONGEST_NAME)
    while at < most and _is_known_pair(text, at, is_known):
        at += 1
    return text[:at]


def _known_end(text: str, is_known: Callable[[str], bool]) -> str:
    at, least = len(text) - 2, max(len(text) - _LONGEST_NAME, 0)
    while at > least and _is_known_pair(text, at, is_known):
        at -= 1
    return text[max(at, 0) :]


def _is_known_pair(text: str, at: int, is_known: Callable[[str], bool]) -> bool:
    return all(map(is_known, terms(text[at - 1 : at + 1])))


def _without_comparison(question: str) -> str:
    return " ".join(_COMPARES.sub(" ", question).split()) or question


def has_words(text: str, name: str) -> bool:
    """Whether a text has all terms of a name."""
    return set(terms(name)) <= set(terms(text))
