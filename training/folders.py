"""Small folders of many kinds, made of public question sets, with questions to each.

A folder of a user's is seldom an encyclopaedia. The same facts are put here as articles, as FAQs
under headings and as tables, in one language or several, a few paragraphs or hundreds, with
questions that people wrote to look answerable and are not.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Block, Content

#: How many unrelated questions every folder is asked.
_STRANGERS = 30
_XQUAD = ("zh", "en", "tr", "hi", "el")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the strings of which a right paragraph has one; none when there is none.

    One that is `unrelated` comes from another set: nothing in the folder is about it.
    """

    text: str
    language: str
    must: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()
    unrelated: bool = False


@dataclass(slots=True)
class Folder:
    """Documents of one kind, and questions to them."""

    kind: str
    documents: list[Document]
    questions: list[Asked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    """A question of a set with its paragraph; `number` is the same in parallel sets."""

    number: int
    article: int
    context: str
    question: str
    answers: tuple[str, ...]


def _items(path: Path) -> list[_Item]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found: list[_Item] = []
    for article, each in enumerate(content["data"]):
        for paragraph in each["paragraphs"]:
            for asked in paragraph["qas"]:
                impossible = asked.get("is_impossible", False)
                answers = () if impossible else tuple(a["text"] for a in asked["answers"])
                found.append(
                    _Item(len(found), article, paragraph["context"], asked["question"], answers)
                )
    return found


def document(path: str, blocks: Sequence[tuple[str, str]], title: str | None = None) -> Document:
    """A document of headings and paragraphs: ("heading" or "paragraph", text)."""
    made = [
        Block("heading" if kind == "heading" else "paragraph", text, (line, line), level=1)
        for line, (kind, text) in enumerate(blocks, start=1)
    ]
    content = Content(tuple(made), title=title)
    return assemble(content, path=path, digest=path, limits=Limits())


def _article(language: str, context: str, number: int) -> tuple[str, Document]:
    path = f"{language}/{number:05}.txt"
    return path, document(path, [("paragraph", context)], title="")


def articles(
    kind: str, language: str, items: Sequence[_Item], strangers: Sequence[_Item] = ()
) -> Folder:
    """Paragraphs of one language; `strangers` are questions that they do not answer."""
    contexts = list(dict.fromkeys(item.context for item in items))
    made = [_article(language, context, number) for number, context in enumerate(contexts)]
    folder = Folder(kind, [each for _, each in made])
    paths = {context: path for context, (path, _) in zip(contexts, made, strict=True)}
    for item in items:
        gold = frozenset({paths[item.context]}) if item.answers else frozenset()
        folder.questions.append(Asked(item.question, language, paths=gold))
    folder.questions += [Asked(item.question, language) for item in strangers]
    return folder


def mixture(kind: str, sets: dict[str, list[_Item]], *, halves: bool) -> Folder:
    """Parallel sets as one folder: each paragraph in every language, or in one in turn."""
    folder = Folder(kind, [])
    languages = list(sets)
    paths: dict[tuple[str, str], str] = {}
    for number, language in enumerate(languages):
        for at, context in enumerate(dict.fromkeys(item.context for item in sets[language])):
            if not halves or at % len(languages) == number:
                path, made = _article(language, context, at)
                folder.documents.append(made)
                paths[language, context] = path
    for language in languages:
        for at, item in enumerate(sets[language]):
            in_all = (paths.get((each, sets[each][at].context)) for each in languages)
            gold = frozenset(path for path in in_all if path)
            folder.questions.append(Asked(item.question, language, paths=gold))
    folder.documents.sort(key=lambda each: each.path)
    return folder


def faq(kind: str, asked: dict[str, list[_Item]], heading: str, count: int) -> Folder:
    """A question a heading, its answer below; asked in the words of the heading's language and of
    others. Every second question of the set is left out, and asked in vain.
    """
    items = asked[heading]
    kept = [item for item in items[: 2 * count] if item.number % 2 == 0]
    blocks: list[tuple[str, str]] = []
    for item in kept:
        blocks += [("heading", item.question), ("paragraph", _sentence(item))]
    path = f"{heading}/faq.md"
    folder = Folder(kind, [document(path, blocks, title="FAQ")])
    for language, others in asked.items():
        if language == heading and len(asked) > 1:
            continue  # word for word as the headings, which would make words count too much
        for item in others[: 2 * count]:
            if item.number % 2 == 0:
                must = (_sentence(items[item.number]),)
                folder.questions.append(Asked(item.question, language, must, frozenset({path})))
            else:
                folder.questions.append(Asked(item.question, language))
    return folder


def _sentence(item: _Item) -> str:
    """What an answer would look like below its question: some words around the gold string."""
    answer = item.answers[0]
    at = item.context.find(answer)
    end = max(item.context.find(mark, at + len(answer)) for mark in ".。।")
    piece = item.context[at : end + 1] if 0 < end - at < 160 else answer
    return piece[:200]


_COLUMNS = {
    "zh": (
        ("街道", "居民人数", "负责人", "电话"),
        ("{}有多少居民？", "{}的负责人是谁？", "{}的电话是多少？"),
    ),
    "en": (
        ("Street", "Residents", "Warden", "Telephone"),
        (
            "How many residents does {} have?",
            "Who is the warden of {}?",
            "What is the telephone of {}?",
        ),
    ),
    "de": (
        ("Straße", "Einwohner", "Leitung", "Telefon"),
        ("Wie viele Einwohner hat {}?", "Wer leitet {}?", "Welche Telefonnummer hat {}?"),
    ),
    "ru": (
        ("Улица", "Жителей", "Ответственный", "Телефон"),
        ("Сколько жителей на {}?", "Кто отвечает за {}?", "Какой телефон у {}?"),
    ),
}
_NAMES = {
    "zh": (
        "青石",
        "柳荫",
        "河沿",
        "钟楼",
        "南坡",
        "枫林",
        "渔港",
        "石桥",
        "东湖",
        "麦田",
        "竹园",
        "梅岭",
    ),
    "en": (
        "Alder",
        "Brook",
        "Chapel",
        "Dover",
        "Elm",
        "Ferry",
        "Grove",
        "Harbour",
        "Iron",
        "Juniper",
        "Kiln",
        "Lark",
    ),
    "de": (
        "Ahorn",
        "Brunnen",
        "Dorf",
        "Erlen",
        "Felsen",
        "Garten",
        "Hafen",
        "Insel",
        "Kirchen",
        "Linden",
        "Mühlen",
        "Nord",
    ),
    "ru": (
        "Садовая",
        "Речная",
        "Лесная",
        "Полевая",
        "Озёрная",
        "Горная",
        "Школьная",
        "Новая",
        "Старая",
        "Южная",
        "Морская",
        "Зимняя",
    ),
}
_STREET = {"zh": "{}街道", "en": "{} Street", "de": "{}straße", "ru": "{} улица"}
_PEOPLE = {
    "zh": ("周岩", "林珂", "方敏", "谭木", "何晴"),
    "en": ("Orla Finch", "Tess Arno", "Bo Hensley", "Wil Oster", "Ida Moss"),
    "de": ("Jana Reuter", "Uwe Falk", "Anke Pohl", "Timo Brandt", "Lena Voss"),
    "ru": ("Иван Лосев", "Анна Белова", "Пётр Седов", "Ольга Ким", "Юрий Орлов"),
}


def table(language: str, seed: int) -> Folder:
    """Rows as they are read from a spreadsheet; two of three names are in it."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    columns, forms = _COLUMNS[language]
    names = [_STREET[language].format(name) for name in _NAMES[language]]
    rng.shuffle(names)
    path = f"{language}/table-{seed}.csv"
    rows: dict[str, str] = {}
    for name in names[:8]:
        values = (name, str(rng.randint(200, 9000)), rng.choice(_PEOPLE[language]))
        cells = (*values, f"0{rng.randint(100, 999)}-{rng.randint(1000, 9999)}")
        pairs = zip(columns, cells, strict=True)
        rows[name] = " | ".join(f"{column}: {cell}" for column, cell in pairs)
    blocks = [("paragraph", row) for row in rows.values()]
    folder = Folder("table", [document(path, blocks, title=columns[0])])
    for name in names:
        for form in forms:
            must = (rows[name],) if name in rows else ()
            gold = frozenset({path}) if must else frozenset()
            folder.questions.append(Asked(form.format(name), language, must, gold))
    return folder


def together(kind: str, *folders: Folder) -> Folder:
    """Several folders as one."""
    documents = [each for folder in folders for each in folder.documents]
    documents.sort(key=lambda each: each.path)
    return Folder(kind, documents, [each for folder in folders for each in folder.questions])


def every(data: Path, seed: int = 7) -> Iterator[Folder]:
    """Folders of all kinds from the public sets in a folder, see its README; with questions from
    sets that take no other part.
    """
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    strangers = [
        Asked(item.question, language, unrelated=True)
        for name, language in (("cmrc2018_trial", "zh"), ("reader/tydi_english", "en"))
        for item in _items(data / f"{name}.json")[::7]
    ]
    for folder in _every(data, rng):
        folder.questions += rng.sample(strangers, _STRANGERS)
        yield folder


def _every(data: Path, rng: random.Random) -> Iterator[Folder]:
    xquad = {each: _items(data / f"xquad.{each}.json") for each in _XQUAD}
    reader = {
        name: _items(data / "reader" / f"{name}.json")
        for name in ("squad2_en", "squad2_zh", "tydi_arabic", "tydi_korean", "tydi_russian")
    }
    reader["jaquad"] = _items(data / "reader" / "jaquad_train.json")[:600]
    codes = {"tydi_arabic": "ar", "tydi_korean": "ko", "tydi_russian": "ru", "jaquad": "ja"}
    half = {each: [i for i in xquad[each] if i.number % 3 == 0] for each in _XQUAD}
    yield mixture("mixed", {each: half[each] for each in ("zh", "en")}, halves=True)
    yield mixture("mixed", {each: half[each][:150] for each in _XQUAD}, halves=False)
    for language in _XQUAD:
        yield articles("encyclopaedia", language, half[language])
        for asker in ("zh", "en", "tr"):
            if asker != language:
                gold = mixture("across", {language: half[language][:240]}, halves=False)
                gold.questions = [
                    Asked(item.question, asker, paths=own.paths)
                    for item, own in zip(half[asker][:240], gold.questions, strict=True)
                ]
                yield gold
    for name in ("squad2_en", "squad2_zh"):
        items = reader[name]
        yield articles(
            "people's unanswerable", name[-2:], items[: 300 if name[-2:] == "en" else 400]
        )
    for name, code in codes.items():
        own, others = reader[name][:240], rng.sample(reader[name][240:500], 60)
        yield articles("searches", code, own, others)
    for size in (3, 3, 3, 3, 10, 10, 30):
        for name in ("squad2_en", "squad2_zh", "tydi_russian", "jaquad"):
            yield _small(reader[name], codes.get(name, name[-2:]), size, rng)
    for heading in ("zh", "en", "tr", "el"):
        yield faq("faq", {each: xquad[each] for each in ("zh", "en", "tr", "el")}, heading, 30)
    yield together(
        "faq",
        faq("faq", {"zh": xquad["zh"]}, "zh", 20),
        faq("faq", {"en": xquad["en"]}, "en", 20),
    )
    for seed_of_table, language in enumerate(("zh", "en", "de", "ru") * 2):
        yield table(language, seed_of_table)
    yield together("table", table("zh", 20), table("en", 21), table("de", 22))


def _small(items: Sequence[_Item], language: str, size: int, rng: random.Random) -> Folder:
    contexts = list(dict.fromkeys(item.context for item in items))
    chosen = set(rng.sample(contexts, size))
    inside = [item for item in items if item.context in chosen][:60]
    outside = rng.sample([item for item in items if item.context not in chosen], 15)
    return articles(f"{size} paragraphs", language, inside, outside)
