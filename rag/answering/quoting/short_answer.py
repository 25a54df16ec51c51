"""The words that answer, within what is quoted: a number with its unit, a name, a few words."""

import re
from collections.abc import Iterable, Sequence

from rag.answering.answer import ShortAnswer
from rag.answering.quoting.asking import asks_for_all, asks_how
from rag.answering.quoting.quotation import Quote, size_of
from rag.index.corpus import StoredParagraph
from rag.index.lexical.terms import CJK
from rag.retrieval.retriever import Hit

#: Shown only where the words are this probable among those of the passage: nine of ten are right in
#: encyclopaedias, eight of ten in papers and rules.
_SURE = 0.4
#: A longer answer is a clause, which its sentence says better.
_LONGEST = 24
_YES_OR_NO = re.compile(
    r"[吗嗎]|是否|是不是|有没有|有沒有|能不能|能否|可否|可不可以|会不会|會不會|要不要|对不对"
    r"|^\s*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|may|must|should)\b"
    r"|ですか[?？]?$|ますか[?？]?$|ましたか[?？]?$|\bли\b",
    re.IGNORECASE,
)
#: Questions that one of these words makes open, whatever else they have.
_OPEN = re.compile(r"[何誰谁]|いつ|どこ|どの|どれ|いくつ|什[么麼]|哪|多少|[几幾]", re.IGNORECASE)
_WHY = re.compile(
    r"为什[么麼]|為什[么麼]|为何|為何|怎[么麼样樣]|\bwhy\b|なぜ|どうして|왜|\bпочему\b|\bwarum\b"
    r"|\bpourquoi\b|\bpor qué\b|لماذا",
    re.IGNORECASE,
)
#: Marks at the end of an answer that do not belong to it, and marks between clauses.
_EDGE = " \t\n\u3000,，.。;；:：!！?？、…—-·|" + "\u200b"
_CLAUSE = re.compile(r"[。！？；;!?\n|]|[，,](?!\d)\s*\S{8,}")
_PAIRS = {"《": "》", "“": "”", "「": "」", "『": "』", "（": "）", "(": ")", '"': '"', "〈": "〉"}
_UNIT = re.compile(
    r"\s?(?:[%％‰℃°]|[百千万萬亿億兆]?(?:平方)?(?:[个個名家场場次所处處座支条條项項位种種天年月日号號级級岁歲人"
    r"件户戶倍元吨噸米里克度分秒时時头頭只隻台辆輛艘架册冊页頁部集]|公里|公斤|公顷|公頃|小时|小時|分钟|分鐘"
    r"|千米|厘米|毫米|美元|港元|欧元|英镑)|[百千万萬亿億兆]+|人民币|percent\b|million\b|billion\b|km\b|kg\b)"
)
_WORD = re.compile(rf"[^\W_{CJK}]")


def short_answers(
    question: str,
    ranked: Iterable[tuple[Hit, StoredParagraph]],
    quotes: Sequence[Quote],
) -> list[ShortAnswer]:
    """The words that answer in each passage that is quoted, the best first, the same words once;
    none where the best has none, or a sentence answers better.
    """
    found: list[ShortAnswer] = []
    if not quotes or not _asks_for_words(question):
        return found
    for hit, stored in ranked:
        paragraph = stored.paragraph
        if not any(q.overlaps(stored.document.id, paragraph.start, paragraph.end) for q in quotes):
            continue
        short = _short_answer(question, hit, stored, quotes)
        if short is None and not found:
            break
        if short is not None and all(each.text != short.text for each in found):
            found.append(short)
    return found


def _short_answer(
    question: str,
    hit: Hit,
    stored: StoredParagraph,
    quotes: Sequence[Quote],
) -> ShortAnswer | None:
    """The words of one passage; None where it hardly answers, or nothing quoted has them."""
    if hit.words is None or hit.sure < _SURE:
        return None
    if stored.paragraph.kind == "code":
        return None
    text = stored.text
    begin, end = _whole(text, *_trimmed(text, *hit.words))
    words = text[begin:end]
    if not words or size_of(words) > _LONGEST or _CLAUSE.search(words) or words in question:
        return None
    document, start = stored.document.id, stored.paragraph.start
    first, last = start + begin, start + end
    for number, quote in enumerate(quotes, start=1):
        if quote.first.document.id == document and quote.start <= first and last <= quote.end:
            return ShortAnswer(words, number, first, last)
    return None


def _asks_for_words(question: str) -> bool:
    """Whether a few words can answer: not a reason or instructions, not yes or no, not a list."""
    if _WHY.search(question) or asks_how(question) or asks_for_all(question):
        return False
    return not _YES_OR_NO.search(question) or bool(_OPEN.search(question))


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """Without punctuation around it, or a bracket without its other half."""
    while begin < end and text[begin] in _EDGE:
        begin += 1
    while begin < end and text[end - 1] in _EDGE:
        end -= 1
    for opening, closing in _PAIRS.items():
        words = text[begin:end]
        if words.startswith(opening) and closing not in words[1:]:
            begin += 1
        elif words.endswith(closing) and opening not in words[:-1]:
            end -= 1
        elif words.count(opening) > words.count(closing) and text[end : end + 1] == closing:
            end += 1
    return begin, end


def _whole(text: str, begin: int, end: int) -> tuple[int, int]:
    """With the rest of a word or number that it cuts, and the unit of a number."""
    while 0 < begin < end and _joins(text[begin - 1], text[begin]):
        begin -= 1
    while begin < end < len(text) and _joins(text[end - 1], text[end]):
        end += 1
    if begin < end and text[end - 1].isdigit():
        unit = _UNIT.match(text, end)
        end = unit.end() if unit else end
    return begin, end


def _joins(one: str, other: str) -> bool:
    """Whether two characters belong to one word of an alphabet or to one number."""
    return bool(_WORD.match(one) and _WORD.match(other))
