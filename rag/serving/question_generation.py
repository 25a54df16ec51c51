"""Questions that a document might be asked, made from its own sentences by rule.

A Chinese statement becomes a question where its number stands: "新增就业2049人" asks
"新增就业多少人？". In English, what a "There are" or "The … is" states is asked for. Of Chinese
documents, common facts and topics have ready English phrases; every document has its headings.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

from opencc import OpenCC

from rag.documents import Document, Paragraph

#: Gives a Chinese name, in simplified characters, in Latin letters; None where it cannot.
Romanize = Callable[[str], str | None]

HANS, HANT, ENGLISH = LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_MOST_PARAGRAPHS = 400
#: The number of characters of Chinese questions that read best.
_BEST_LENGTH = 16

_CLAUSE = re.compile(r"[^，；。！？：、,;!?]+[，；。！？：、,;!?]?")
_UNITS = (
    "人次|平方米|平方公里|公里|公斤|元|吨|%"
    "|[人名个家所处场次支项条栋户座例起份张件台辆间套部册页门种天]"
)
_FACT = re.compile(
    rf"(?P<before>[^\d]{{4,18}}?)(?:近|约|超|逾)?\d[\d,.]*[余多]?[百千万亿]*[余多]?(?P<unit>{_UNITS})"
    r"(?P<after>[\u4e00-\u9fff]{0,12})[，；。、]"
)
#: Words that point at another sentence: one with them cannot stand alone.
_POINTS = re.compile(
    r"^(?:其|该|这|那|此|他|她|它|由|并|也|但|另|同|与|及|以|包括|占|比|相当|之|从|到|截|自|为|再|又|则|有|已|共|累计|总|合计|每|前|近)"
    r"|他们|她们|它们|这些|其中|本次|上述|[“”（）《》]"
)
_TIME = re.compile(r"^.{0,14}(?:[年月日底期时后]|以来|年起|期间|方面)，$")
_FILLERS = re.compile(r"因而|由此|随之|还(?=派|有|建|要)|已经|目前|合计(?=办)")
_WHOLE = re.compile(r"^[全本我该][省市区县州镇乡村]|^当地的?|^[区市县]里")
_DEFINED = re.compile(r"^“(?P<term>[^”“]{2,12})”(?:是|则)?指(?:的是)?")
_NOUNS = (
    r"宗旨|口号|目标|主线|原则|理念|任务|要求|标准|对象|内容|举措|方向|办法|作用|用途|特点|优势"
)
_STATED = re.compile(
    rf"^(?P<subject>[^\d“”（）《》，]{{2,12}}的[^\d“”（）《》，]{{0,4}}(?:{_NOUNS}))(?:都|就)?(?P<verb>是|为|有|包括)(?!了)"
)
_ZONE = "开发区"
_NAME = re.compile(
    rf"^(?:\d+年?)?(?P<name>(?P<stem>[\u4e00-\u9fff]{{2,6}}?)"
    rf"(?:{_ZONE}|[省市区县州镇乡村]|公司|集团|大学|医院|学校))"
)

_THERE = re.compile(
    r"^There (?P<verb>are|were) (?:about |over |around |nearly )?\d[\d,.]* "
    r"(?P<things>[a-z][a-z -]{2,40}?)(?P<rest>(?: (?:in|on|at|for|of) [^,.;()]{2,40})?)[.,;]"
)
_THE = re.compile(
    r"^The (?P<subject>[a-z][^,.;:()\"]{2,60}?) (?P<verb>is|was|are|were) "
    r"(?!not\b|also\b|\w+ing\b|\w+ed\b)[^,]{3,}"
)
_RELATIVE = re.compile(r"\b(?:that|which|who|when|if|this|these|those|it|he|she|they)\b")

_ABOUT = {
    HANS: "关于“{}”，文档里怎么说？",
    HANT: "關於“{}”，文件裡怎麼說？",
    ENGLISH: "What do the documents say about “{}”?",
}


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question, and the span of the document's text that should answer it."""

    question: str
    kind: str
    start: int
    end: int


def drafts(document: Document, language: str, romanize: Romanize) -> list[QuestionDraft]:
    """Questions in one of the LANGUAGES, those that read best first."""
    chinese = document.language == "zh"
    if chinese and language != ENGLISH:
        made = list(_each(document, partial(_chinese, document, language)))
        made.sort(key=lambda draft: abs(len(draft.question) - _BEST_LENGTH))
    elif chinese:
        made = list(_each(document, partial(_foreign, document, romanize)))
    elif document.language == "en" and language == ENGLISH:
        made = list(_each(document, _english))
    else:
        made = []
    made += _headings(document, language)
    return list({draft.question: draft for draft in reversed(made)}.values())[::-1]


def _each(
    document: Document, draw: Callable[[Paragraph, str], Iterator[tuple[str, str]]]
) -> Iterator[QuestionDraft]:
    for paragraph in document.paragraphs[:_MOST_PARAGRAPHS]:
        for sentence in paragraph.sentences:
            for kind, question in draw(paragraph, document.text[sentence.start : sentence.end]):
                yield QuestionDraft(question, kind, sentence.start, sentence.end)


def _headings(document: Document, language: str) -> Iterator[QuestionDraft]:
    seen = set()
    for paragraph in document.paragraphs[:_MOST_PARAGRAPHS]:
        name = paragraph.section or document.title
        if name and name not in seen and len(name) <= 40:
            seen.add(name)
            yield QuestionDraft(_ABOUT[language].format(name), "heading", 0, len(document.text))


def _chinese(
    document: Document, language: str, paragraph: Paragraph, sentence: str
) -> Iterator[tuple[str, str]]:
    folded = _folded(sentence)
    for kind, question in _statements(folded, _who(paragraph, document)):
        # Simplified on the way, so that the rules are written once.
        yield kind, question if language == HANS else _converter("s2t").convert(question)


def _statements(sentence: str, who: re.Match[str] | None) -> Iterator[tuple[str, str]]:
    clauses = [match.group() for match in _CLAUSE.finditer(sentence)]
    for at, clause in enumerate(clauses):
        alone = at == 0 or (at == 1 and _TIME.match(clauses[0]))
        if alone and (fact := _FACT.fullmatch(clause)) and not _POINTS.search(clause):
            asked = "多少" if fact["unit"] == "%" else f"多少{fact['unit']}"
            yield "fact", _named(f"{fact['before']}{asked}{fact['after']}", who) + "？"
    if defined := _DEFINED.match(sentence):
        yield "definition", f"“{defined['term']}”指什么？"
    if (stated := _STATED.match(sentence)) and not _POINTS.search(stated["subject"]):
        asked = {"是": "是什么", "为": "是什么"}.get(stated["verb"], f"{stated['verb']}哪些")
        yield "statement", _named(stated["subject"], who) + asked + "？"


def _named(statement: str, who: re.Match[str] | None) -> str:
    """The statement with whom it is about, where it does not say."""
    bare = _FILLERS.sub("", statement)
    if who is None:
        return bare
    if who["name"].endswith(_ZONE) and bare.startswith(_ZONE):
        return str(who["name"]) + bare.removeprefix(_ZONE)
    return bare if who["stem"] in bare else who["name"] + _WHOLE.sub("", bare)


def _who(paragraph: Paragraph, document: Document) -> re.Match[str] | None:
    """The person that a paragraph's section or document is named after, if there is one."""
    headings = (_folded(heading) for heading in (paragraph.section, document.title))
    return next(filter(None, map(_NAME.match, headings)), None)


def _foreign(
    document: Document, romanize: Romanize, paragraph: Paragraph, sentence: str
) -> Iterator[tuple[str, str]]:
    """Ready English phrases for what a Chinese sentence counts, and for what its section is on."""
    who = _who(paragraph, document)
    name = romanize(who["stem"]) if who is not None else None
    place = partial(_placed, name=name)
    folded = _folded(sentence)
    for pattern, phrase in _phrases()["counts"]:
        if re.search(rf"(?:{pattern})[^，。；]{{0,12}}\d|\d[^，。；]{{0,8}}(?:{pattern})", folded):
            yield "fact", place(phrase)
    for pattern, topic in _phrases()["topics"]:
        if re.search(pattern, _folded(paragraph.section)):
            yield "topic", place(f"What is said about {topic}{{in}}?")


def _placed(phrase: str, name: str | None) -> str:
    within, of = (f" in {name}", f" of {name}") if name else ("", "")
    return phrase.replace("{in}", within).replace("{of}", of)


def _english(_: Paragraph, sentence: str) -> Iterator[tuple[str, str]]:
    if there := _THERE.match(sentence):
        yield "fact", f"How many {there['things']} {there['verb']} there{there['rest']}?"
    if (the := _THE.match(sentence)) and not _RELATIVE.search(the["subject"]):
        yield "statement", f"What {the['verb']} the {the['subject']}?"


def _folded(text: str) -> str:
    """Simplified, as long as before."""
    folded: str = _converter("t2s").convert(text)
    return folded if len(folded) == len(text) else text


@cache
def _converter(conversion: str) -> OpenCC:
    return OpenCC(conversion)


@cache
def _phrases() -> dict[str, list[tuple[str, str]]]:
    text = resources.files("rag.serving").joinpath("phrases.json").read_text(encoding="utf-8")
    phrases: dict[str, list[tuple[str, str]]] = json.loads(text)
    return phrases
