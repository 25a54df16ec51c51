"""Where sentences end, by rules, for text of any script."""

import re
from collections.abc import Iterator

from rag.documents.document import Sentence
from rag.documents.text.abbreviations import is_abbreviation
from rag.documents.text.characters import CLOSERS, OPENERS, SPACELESS, UNSPACED, weight

_MARK = re.compile(
    rf"[。！？｡!?…．؟۔।॥።։။។៕]+|\.+|[;；؛]|\n"
    rf"|(?<={SPACELESS.pattern})[^\S\n]+(?={SPACELESS.pattern})"
)
_FINAL = frozenset("。！？｡．؟۔।॥።։။។៕")
_CLOSING = re.compile(f"[{re.escape(CLOSERS)}]*")
_SPACE = re.compile(r"[^\S\n]*")
_QUOTE_END = "”’」』\"'»"
#: Inside these a full stop belongs to a title or an aside.
_ASIDE = re.compile(
    r"《[^《》\n]{1,80}》|〈[^〈〉\n]{1,80}〉|（[^（）\n]{1,200}）|\([^()\n]{1,200}\)|【[^【】\n]{1,80}】"
)
#: An editor's mark such as [2] or [citation needed] belongs to what it stands behind.
_NOTE = re.compile(r"(?:\[[^\[\]\n]{1,40}\]\s*)+[.。]?")
_SAID = re.compile(
    r"[^，,；;。\n]{0,24}(?:说|說|道|表示|称|稱|问|問|答|介绍|介紹|告诉记者|感慨|感叹|回忆|坦言|直言)[。！？.!?]?"
)
#: A doubtful mark ends a sentence only between pieces that can stand alone: a semicolon in Chinese
#: and in other scripts, an ellipsis, a space where none are between words.
_STANDS_ALONE = {"；": 14.0, ";": 60.0, "…": 20.0, " ": 16.0}
_ENTITY = re.compile(r"&#?\w{1,8}$")
#: An aside that is a sentence, as its mark says.
_WHOLE_ASIDE = re.compile(r"[.!?]+\s?\)")
_LOWER = re.compile(
    "i|he|she|it|we|you|they|the|this|that|these|those|there|what|why|where|how|who|when|if|also|"
    "but|and|my|our|your|his|her|their|please|thanks|call|is|are|do|does|did|can"
)


def split_sentences(text: str) -> list[Sentence]:
    """Sentences of the text, in order, without white space at their ends, covering all else."""
    cuts: list[int] = []
    start = 0
    soft: list[tuple[int, str]] = []
    for end, kind in _boundaries(text):
        if kind:
            soft.append((end, kind))
            continue
        cuts += [*_settle(text, start, end, soft), end]
        start, soft = end, []
    cuts += [*_settle(text, start, len(text), soft), len(text)]
    return _merge(text, _trim(text, cuts))


def _settle(text: str, start: int, end: int, soft: list[tuple[int, str]]) -> Iterator[int]:
    said = 0.0
    for index, (position, kind) in enumerate(soft):
        said += weight(text[start:position])
        start = position
        upto = soft[index + 1][0] if index + 1 < len(soft) else end
        least = _STANDS_ALONE[kind]
        if said >= least and weight(text[position:upto]) >= least:
            yield position
            said = 0.0


def _boundaries(text: str) -> Iterator[tuple[int, str]]:
    """Each possible end (after closing marks), with the kind that makes it doubtful or ''."""
    asides = [match.span() for match in _ASIDE.finditer(text)]
    inside = sentence = counted = 0
    odd = False
    for match in _MARK.finditer(text):
        mark, start = match.group(), match.start()
        if mark == "\n":
            yield match.end(), ""
            sentence = match.end()
            continue
        odd ^= text.count('"', counted, start) % 2 == 1
        counted = start
        end = _closing_end(text, match.end(), odd=odd)
        while inside < len(asides) and asides[inside][1] <= start:
            inside += 1
        if inside < len(asides) and asides[inside][0] < start:
            opened, closed = asides[inside]
            whole = not text[sentence:opened].strip() and closed <= end
            if not whole and not _closes_sentence(text, opened, start, closed):
                continue
        kind = _kind(text, sentence, match, end)
        if kind is not None:
            yield end, kind
            if not kind:
                sentence = end


def _closes_sentence(text: str, opened: int, start: int, closed: int) -> bool:
    """Whether an aside ends with the mark at `start` as its sentence does, and a new one begins."""
    match = _WHOLE_ASIDE.match(text, start)
    following = text[closed : closed + 2]
    return (
        match is not None
        and match.end() == closed
        and following[:1] == " "
        and following[1:].isupper()
        and " " in text[opened:start].strip()
    )


def _closing_end(text: str, start: int, *, odd: bool) -> int:
    """Where the closing marks after `start` end; `odd` if a straight quote is open there."""
    match = _CLOSING.match(text, start)
    end = match.end() if match else start
    # A straight quote may as well open what follows.
    while end > start and text[end - 1] in "\"'" and text[end : end + 1].isalnum():
        if text[end - 1] == '"' and odd:
            break
        end -= 1
    return end


def _kind(text: str, sentence: int, match: re.Match[str], end: int) -> str | None:
    """'' for a sure boundary, a key of `_STANDS_ALONE` for a doubtful one, None for none."""
    mark = match.group()
    before = text[match.start() - 1 : match.start()]
    space = _SPACE.match(text, end)
    follow = space.end() if space else end
    spaced = follow > end or follow == len(text) or text[follow] == "\n"
    after = text[follow : follow + 1]
    if mark.isspace():
        return " "
    if not _FINAL.isdisjoint(mark):
        return None if mark == "．" and after.isdigit() else ""
    dense = bool(UNSPACED.match(before) or (not spaced and UNSPACED.match(after)))
    if mark in ";；؛":
        if mark == ";" and _ENTITY.search(text[max(sentence, match.start() - 9) : match.start()]):
            return None
        if dense or mark == "；":
            return "；"
        return ";" if mark != ";" or spaced else None
    if mark.startswith(("…", "..")):
        if dense and after:
            return "…"
        return "" if spaced and not after.islower() else None
    if not spaced and not (UNSPACED.match(after) or (dense and after in OPENERS)):
        return None
    if after.islower() and not _is_careless(text, sentence, match, follow):
        return None
    near = max(sentence, match.start() - 64)
    if mark == "." and is_abbreviation(text[near : match.start()], text[follow : follow + 24]):
        return None
    return ""


def _is_careless(text: str, sentence: int, match: re.Match[str], follow: int) -> bool:
    """Whether an author who begins sentences with small letters begins one at `follow`."""
    opening = text[sentence : sentence + 8].lstrip()[:1]
    said = text[sentence : min(match.start(), sentence + 40)]
    if not opening.islower() or len(said.split()) < 2:
        return False
    if match.group()[0] in "!?":
        return True
    word = re.match(r"\w+", text[follow : follow + 12])
    return word is not None and _LOWER.fullmatch(word.group()) is not None


def _trim(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for end in cuts:
        piece = text[start:end]
        bare = piece.strip()
        if bare:
            left = start + len(piece) - len(piece.lstrip())
            spans.append((left, left + len(bare)))
        start = end
    return spans


def _merge(text: str, spans: list[tuple[int, int]]) -> list[Sentence]:
    """Put back together what says nothing alone: stray marks, and who spoke the quotation."""
    merged: list[tuple[int, int]] = []
    worded = False
    for start, end in spans:
        piece = text[start:end]
        words = any(map(str.isalnum, piece))
        if merged:
            head, tail = merged[-1]
            said = text[tail - 1] in _QUOTE_END and start == tail and _is_rest(piece)
            aside = _NOTE.fullmatch(piece) is not None
            if "\n" not in text[tail:start] and (said or aside or not words or not worded):
                merged[-1] = (head, end)
                worded = worded or words
                continue
        merged.append((start, end))
        worded = words
    return [Sentence(start, end) for start, end in merged]


def _is_rest(piece: str) -> bool:
    return _SAID.fullmatch(piece) is not None or weight(piece) <= 6
