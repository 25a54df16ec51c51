"""Things that a question joins: "the mill or the tannery", "盘锦、临河和洮北".

Where the first begins and the last ends is told by words that are no part of a name, and by what
joined things have in common: an article, a capital, their length.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

#: A character of a script without spaces, or a word of another among them, which is never cut.
_SIGN = re.compile(r"[^\W\d_\u3040-\ud7af]+|\d+|.", re.DOTALL)
#: In such signs, as is how much longer than the second the first of two names may be.
_LONGEST_NAME = 10
_LONGER = 2
_MOST_WORDS = 5
#: In words such as 共和, 饱和 and 和平 the character joins nothing.
_WIDE_JOIN = re.compile(
    r"\s*(?:(?<![共饱飽温溫缓緩柔调調])和(?!平|谐|諧|睦)|(?<![参參给給赋賦授付])[与與](?!否)|跟(?!随|隨)|以及|(?<!以)及(?!格)|还是|還是|或者?|、)\s*"
)
#: What stands before and after names in Chinese.
_BEFORE = re.compile(
    r".*(?:比较一下|比較一下|对比一下|比较|比較|对比|對比|请问|請問|中的|[，。；：,:;？?！!“”「」《》（）()\d\s]"
    r"|[在于於从從年月日是对對将將的有]|关于|關於|那么)",
    re.DOTALL,
)
_AFTER = re.compile(
    r"[，。；：,:;？?！!（）()\s\d]|这[两三]|這[兩三]|[两兩三]者|哪|[谁誰]|各|分别|分別|都|的|[有在是为為去今昨前近]"
    r"|多少|[几幾]|怎|什|之间|之間|相比|比|[中里裡]|每年|一共|共(?!和)|新增|[于於]"
)
#: Names of states are long, and whole.
_STATE = re.compile(r"(?:共和|王|帝|合[众眾]|[联聯]合|[联聯]邦)[国國]$|[联聯]邦$")
_KANA_JOIN = re.compile(r"\s*(?:と|や|、)\s*")
_KANA_BEFORE = re.compile(r".*[はのをがにで、。？\s]", re.DOTALL)
_KANA_AFTER = re.compile(r"[はのをがにで、。？?\s]|と(?!\w)|それぞれ|どちら|いつ")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(
    r"(?P<first>(?:[\w]+\s)??[\uac00-\ud7af]+)(?:와|과|하고|이랑|랑)\s+"
    r"(?P<last>[\uac00-\ud7af]+?)(?:에서는|에서|은|는|이|가|을|를|의|에|도|중)?(?=[\s,?？]|$)"
)
_HAN = re.compile(r"[\u3400-\u9fff]")

_OR = r"(?:or|oder|ou|o|или|либо)"
_AND = r"(?:and|und|et|y|e|и|vs\.?|versus|with|mit|con|avec|с)"
_JOIN = re.compile(rf",?\s+(?P<word>(?P<or>{_OR})|and|und|et|y|e|и|vs\.?|versus)\s+", re.IGNORECASE)
_COMPARED = re.compile(
    rf"(?:compare|vergleiche?n?|compar\w+|сравни\w*)\b.*?(?P<join>\s+{_AND}\s+)", re.I
)
#: With those that a preposition swallowed: "del faro y del molino".
_ARTICLES = (
    r"the|an?|der|die|das|dem|den|des|ein\w*|el|la|los|las|un[oa]?|le|les|une|il|lo|gli|i|os?|as?"
    r"|del|al|du|aux?|d[oa]s?|n[oa]s?|del(?:lo|la|le)|dei|vom|zum|zur"
)
_ARTICLE = re.compile(rf"\A(?:(?:{_ARTICLES})\s+|l['’])", re.IGNORECASE)
#: Words that end a name: prepositions, auxiliaries, question words.
_NO_NAME = re.compile(
    r"(?:in|on|at|by|for|from|not|of|to|with|about|regarding|according|during|between|is|are|was|were|do"
    r"|does|did|has|have|had|can|could|will|would|should|must|each|both|respectively|than|which|what"
    r"|who|when|where|how|many|much|compare|more|less|open|close|cost|opens?|closes?|costs?|begins?"
    r"|starts?|ends?|make|made|get|got|in|im|am|an|auf|bei|von|vom|für|zu|zum|zur|nach|mit|zwischen"
    r"|ist|sind|war|waren|hat|haben|hatte|hatten|jeweils|kostet|kosten|öffne[nt]|wie|wann|wo|wer|was"
    r"|welche\w*|por|para|en|de|del|al|con|entre|es|son|fue|fueron|tiene|tienen|tuvo|cada|respect\w+"
    r"|abren?|cierran?|cuestan?|dans|sur|pour|du|à|au|aux|est|sont|était|ont|avait|chacune?|ouvrent?"
    r"|в|на|по|для|от|из|с|у|был[аои]?|есть|имеет|открыва\w+|стоит|стоят|сколько|когда|где|кто)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w'’.-]*")
_EDGE = re.compile(r"[,;:?？!！()（）\"“”]")


@dataclass(frozen=True, slots=True)
class Joined:
    """Things that stand joined in `question[start:end]`; `alternatives` are joined with "or"."""

    start: int
    end: int
    things: tuple[str, ...]
    alternatives: bool = False


def joined_things(question: str, *, compares: bool) -> Joined | None:
    """The first things that a question joins; None where there are none. Where it does not compare
    them expressly, only things that are written like names count.
    """
    if _HANGUL.search(question):
        return _in_hangul(question)
    if _KANA.search(question):
        return _unspaced(question, _KANA_JOIN, _KANA_BEFORE, _KANA_AFTER)
    if _HAN.search(question):
        return _unspaced(question, _WIDE_JOIN, _BEFORE, _AFTER)
    return _in_words(question, compares=compares)


def _in_hangul(question: str) -> Joined | None:
    match = _HANGUL.search(question)
    if match is None:
        return None
    return Joined(match.start(), match.end("last"), (match["first"], match["last"]))


def _unspaced(
    question: str, join: re.Pattern[str], before: re.Pattern[str], after: re.Pattern[str]
) -> Joined | None:
    """Names in a script without spaces."""
    for match in join.finditer(question):
        begin = before.match(question, 0, match.start())
        start = begin.end() if begin is not None else 0
        first = question[start : match.start()]
        things, end = _rest(question, match.end(), join, after)
        last = things[-1]
        whole = _STATE.search(last) is not None
        if _longer(last, first) and not whole and not _ends_at(question, end, after):
            last = "".join(_SIGN.findall(last)[: len(_SIGN.findall(first))])
        if _longer(first, last) and not _STATE.search(first):
            first = "".join(_SIGN.findall(first)[-len(_SIGN.findall(last)) :])
        end -= len(things[-1]) - len(last)
        names = (first, *things[:-1], last)
        if all(len(name) >= 2 and len(_SIGN.findall(name)) <= _LONGEST_NAME for name in names):
            return Joined(match.start() - len(first), end, names)
    return None


def _longer(name: str, other: str) -> bool:
    return len(_SIGN.findall(name)) > len(_SIGN.findall(other)) + _LONGER


def _rest(
    question: str, at: int, join: re.Pattern[str], after: re.Pattern[str]
) -> tuple[list[str], int]:
    """The names after a join, and where the last of them ends."""
    names = list[str]()
    while True:
        stop = after.search(question, at)
        further = join.search(question, at)
        end = stop.start() if stop is not None else len(question)
        if further is None or further.start() > end or further.start() == at:
            return [*names, question[at:end]], end
        names.append(question[at : further.start()])
        at = further.end()


def _ends_at(question: str, end: int, after: re.Pattern[str]) -> bool:
    return after.match(question, end) is not None and len(question) > end


def _in_words(question: str, *, compares: bool) -> Joined | None:
    """Names in a script with spaces."""
    compared = _COMPARED.search(question)
    spans = [compared.span("join")] if compared is not None else []
    spans += [match.span() for match in _JOIN.finditer(question)]
    for begin, stop in spans:
        last = _leading_name(question[stop:])
        first = _trailing_name(question[:begin], last)
        if not first or not last:
            continue
        named = _is_name(first) and _is_name(last)
        alternatives = re.search(rf"\b{_OR}\b", question[begin:stop], re.I) is not None
        chosen = alternatives and _CLOSES.match(question[stop + len(last) :])
        if not (named or compares or chosen):
            continue
        start, more = _listed_before(question, begin - len(first))
        return Joined(start, stop + len(last), (*more, first, last), alternatives)
    return None


_CLOSES = re.compile(r"\s*[?？.]?\s*$")
_LISTED = re.compile(r"(?:[^\W_][\w'’-]*(?:\s+[^\W_][\w'’-]*){0,3},\s+)+$")


def _listed_before(question: str, start: int) -> tuple[int, tuple[str, ...]]:
    """Further names before two joined ones: "Alma, Bruno and Cleo"."""
    match = _LISTED.search(question[:start])
    if match is None:
        return start, ()
    names = list[str]()
    at = start
    for piece in reversed(match.group().rstrip(", ").split(", ")):
        name = _run_back(piece, _capital) if not _ARTICLE.match(piece) else piece
        if not name or not _is_name(name):
            break
        at = question.rindex(name, 0, at)
        names.insert(0, name)
        if name != piece:
            break
    return at, tuple(names)


def _leading_name(text: str) -> str:
    """The name at the beginning of a text: up to a mark or a word that is none of a name's."""
    article = _ARTICLE.match(text)
    at = article.end() if article is not None else 0
    end, capital = 0, None
    for count, match in enumerate(_WORD.finditer(text, at)):
        word = match.group()
        if count >= _MOST_WORDS or _EDGE.search(text[end:][: match.start() - end]):
            break
        if _NO_NAME.match(word) or (capital and not _capital(word)):
            break
        capital = _capital(word) if capital is None else capital
        end = match.start() + len(word.rstrip(".-'’"))
    return text[:end].strip()


def _trailing_name(text: str, like: str) -> str:
    """The name at the end of a text, written like another."""
    if _EDGE.search(text[-1:]):
        return ""
    piece = text[max((match.end() for match in _EDGE.finditer(text)), default=0) :].strip()
    article = _ARTICLE.match(like)
    if article is not None and article.end() < len(like):
        found = list(re.finditer(rf"(?<![\w'’])(?:{_ARTICLES})\s+|\bl['’]", piece, re.I))
        return piece[found[-1].start() :] if found else ""
    if _capital(like):
        return _run_back(piece, _capital)
    count = len(like.split())
    return " ".join(_run_back(piece, _no_stop).split()[-count:])


def _run_back(text: str, fits: Callable[[str], bool]) -> str:
    """The last words of a text that fit."""
    words = text.split()
    at = len(words)
    while at > 0 and fits(words[at - 1]) and not _NO_NAME.match(words[at - 1]):
        at -= 1
    return " ".join(words[at:])


def _capital(word: str) -> bool:
    return word[:1].isupper()


def _no_stop(word: str) -> bool:
    return not _NO_NAME.match(word)


def _is_name(text: str) -> bool:
    """Whether a thing is written like a name: its first word after an article has a capital."""
    return _capital(_ARTICLE.sub("", text, count=1)) or (_capital(text) and " " not in text)
