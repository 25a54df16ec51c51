"""Pairs that are made of others: a question with another name or number, a short answer below a
heading that asks, and rows of tables.

What is made teaches what the public sets lack: that a passage about one thing does not answer a
question about another, and how a heading or a column's name says what is asked.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.documents import split_sentences
from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts

_NUMBER = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,])")
_SHORTEST_NAME = 2
#: How many answered questions get another name or number, and how many a heading.
_CHANGED, _HEADED = 0.35, 0.08
_ROWS = 12


def vary(texts: TrainingTexts, seed: int) -> None:
    """Adds what can be made of the texts of one file."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    names = sorted({_name(each.article) for each in texts.questions})
    for asked in [each for each in texts.questions if each.kind is PairKind.GOLD]:
        if rng.random() < _CHANGED:
            _change(texts, asked, names, rng)
        if rng.random() < _HEADED:
            _put_below_heading(texts, asked, rng)


def _name(article: str) -> str:
    return article.partition("/")[2].replace("_", " ").partition(" (")[0].partition("(")[0].strip()


def _change(
    texts: TrainingTexts, asked: TrainingQuestion, names: Sequence[str], rng: random.Random
) -> None:
    """The question with another name than the article's, or another number, where the passage has
    the one that is replaced.
    """
    passage, name = texts.passages[asked.passage], _name(asked.article)
    numbers = [m for m in _NUMBER.finditer(asked.text) if m.group() in passage.text]
    if len(name) >= _SHORTEST_NAME and name in asked.text and name in passage.text:
        other = rng.choice(names)
        if len(other) < _SHORTEST_NAME or other in passage.text or name in other:
            return
        text = asked.text.replace(name, other)
    elif numbers:
        found = rng.choice(numbers)
        value = int(found.group())
        other = str(value + rng.choice((-1, 1)) * rng.randint(1, 3 + value // 40))
        if other.startswith("-") or other in passage.text:
            return
        text = asked.text[: found.start()] + other + asked.text[found.end() :]
    else:
        return
    texts.questions.append(replace(asked, text=text, start=-1, end=-1, kind=PairKind.CHANGED))


def _put_below_heading(texts: TrainingTexts, asked: TrainingQuestion, rng: random.Random) -> None:
    """The sentence that answers alone, below a heading that asks the same; or, as often, below one
    that asks something else, which it does not answer unless it says the same again.
    """
    passage = texts.passages[asked.passage]
    body = passage.text[passage.begin :]
    place = asked.start - passage.begin
    inside = [s for s in split_sentences(body) if s.start <= place < s.end]
    if not inside:
        return
    sentence = body[inside[0].start : inside[0].end]
    answer = passage.text[asked.start : asked.end]
    if answer not in sentence:
        return
    context = f"{_name(asked.article)} › {asked.text}\n"
    made = TrainingPassage(
        context + sentence, len(context), passage.language, texts.name, asked.article, asked.passage
    )
    start = len(context) + sentence.index(answer)
    number = len(texts.passages)
    texts.passages.append(made)
    texts.questions.append(
        replace(asked, passage=number, start=start, end=start + len(answer), kind=PairKind.MADE)
    )
    others = [q for q in _neighbours(texts, asked) if q.text != asked.text]
    if others:
        other = rng.choice(others)
        texts.questions.append(replace(other, passage=number, start=-1, end=-1, kind=PairKind.MADE))


def _neighbours(texts: TrainingTexts, asked: TrainingQuestion) -> list[TrainingQuestion]:
    """Questions to the same passage whose answer lies elsewhere in it."""
    at = texts.questions.index(asked)
    around = texts.questions[max(at - 8, 0) : at + 9]
    answer = texts.passages[asked.passage].text[asked.start : asked.end]
    return [
        each
        for each in around
        if each.passage == asked.passage
        and each.kind is PairKind.GOLD
        and (each.end <= asked.start - 60 or each.start >= asked.end + 60)
        and answer not in each.text
    ]


#: A column's name and a question for it in each language; {} is the name of the row.
_COLUMNS = {
    "zh": (
        ("价格", ("{}多少钱？", "{}的价格是多少？"), "{} 元"),
        ("重量", ("{}有多重？", "{}的重量是多少？"), "{} 公斤"),
        ("负责人", ("谁负责{}？", "{}的负责人是谁？"), "@"),
        ("开放时间", ("{}什么时候开放？", "{}几点开门？"), "{}:00"),
        ("电话", ("{}的电话号码是多少？", "怎么打电话给{}？"), "0{}-55"),
        ("人数", ("{}有多少人？",), "{} 人"),
        ("备注", (), "@"),
    ),
    "en": (
        ("Price", ("How much does {} cost?", "What is the price of {}?"), "{} EUR"),
        ("Weight", ("How heavy is {}?", "What does {} weigh?"), "{} kg"),
        ("Contact", ("Who is responsible for {}?", "Who is the contact for {}?"), "@"),
        ("Opens", ("When does {} open?", "From what time is {} open?"), "{}:00"),
        ("Phone", ("What is the phone number of {}?", "How can I call {}?"), "0{}-55"),
        ("Staff", ("How many people work at {}?",), "{}"),
        ("Remarks", (), "@"),
    ),
    "ja": (
        ("価格", ("{}の値段はいくらですか。", "{}はいくらですか。"), "{}円"),
        ("重さ", ("{}の重さはどのくらいですか。",), "{}kg"),
        ("担当者", ("{}の担当者は誰ですか。",), "@"),
        ("電話", ("{}の電話番号は何番ですか。",), "0{}-55"),
        ("備考", (), "@"),
    ),
    "ko": (
        ("가격", ("{}의 가격은 얼마입니까?", "{} 얼마예요?"), "{}원"),
        ("담당자", ("{}의 담당자는 누구입니까?",), "@"),
        ("전화", ("{}의 전화번호는 무엇입니까?",), "0{}-55"),
        ("비고", (), "@"),
    ),
    "ar": (
        ("السعر", ("كم سعر {}؟", "بكم {}؟"), "{} دينار"),
        ("المسؤول", ("من المسؤول عن {}؟",), "@"),
        ("الهاتف", ("ما رقم هاتف {}؟",), "0{}-55"),
    ),
    "de": (
        ("Preis", ("Was kostet {}?", "Wie teuer ist {}?"), "{} Euro"),
        ("Gewicht", ("Wie schwer ist {}?",), "{} kg"),
        ("Ansprechpartner", ("Wer ist für {} zuständig?",), "@"),
        ("Öffnet", ("Wann öffnet {}?", "Ab wann ist {} offen?"), "{} Uhr"),
        ("Telefon", ("Welche Telefonnummer hat {}?",), "0{}-55"),
    ),
    "fr": (
        ("Prix", ("Combien coûte {} ?", "Quel est le prix de {} ?"), "{} euros"),
        ("Responsable", ("Qui est responsable de {} ?",), "@"),
        ("Téléphone", ("Quel est le numéro de téléphone de {} ?",), "0{}-55"),
        ("Ouverture", ("À quelle heure ouvre {} ?",), "{} h"),
    ),
    "ru": (
        ("Цена", ("Сколько стоит {}?", "Какая цена у {}?"), "{} руб."),
        ("Ответственный", ("Кто отвечает за {}?",), "@"),
        ("Телефон", ("Какой телефон у {}?",), "0{}-55"),
    ),
}
#: Columns of the same meaning in two languages, by their place in `_COLUMNS`.
_SAME = {("zh", "en"): {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, ("en", "de"): {0: 0, 1: 1, 2: 2, 3: 3}}
_NAMES = ["name", "名称", "Name", "名前", "이름", "الاسم", "Name", "Nom", "Название"]


def made_rows(texts: TrainingTexts, count: int, seed: int) -> TrainingTexts:
    """Rows of tables about things named as the texts' articles are, with questions of ours."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    names = sorted({_name(each.article) for each in texts.questions})
    names = [each for each in names if 1 < len(each) < 30]
    made = TrainingTexts(f"rows_{texts.name}")
    while len(made.questions) < count and len(names) > 4:
        language = rng.choice(list(_COLUMNS))
        _add_table(made, language, rng.sample(names, 3), rng)
    return made


def _add_table(made: TrainingTexts, language: str, names: list[str], rng: random.Random) -> None:
    columns = _COLUMNS[language]
    shown = sorted(rng.sample(range(len(columns)), rng.randint(2, min(4, len(columns)))))
    first = rng.choice(_NAMES)
    rows = [
        (
            name,
            {
                at: columns[at][2]
                .replace("@", rng.choice(names)[::-1].title())
                .format(rng.randint(2, 980))
                for at in shown
            },
        )
        for name in names
    ]
    lines, places = [], {}
    begin = 0
    for name, values in rows[:2]:
        line = f"{first}: {name}"
        for at, value in values.items():
            line += f" | {columns[at][0]}: "
            places[name, at] = begin + len(line), begin + len(line) + len(value)
            line += value
        lines.append(line)
        begin += len(line) + 1
    number = len(made.passages)
    title = rng.choice(("", "list\n"))
    made.passages.append(
        TrainingPassage(title + "\n".join(lines), len(title), language, made.name, made.name)
    )
    asked_in, same = _asking_language(language, rng)
    for at in range(len(columns)):
        asked_at = at if same is None else same.get(at, -1)
        wordings = _COLUMNS[asked_in][asked_at][1] if asked_at >= 0 else ()
        if not wordings:
            continue
        name = rng.choice(names)
        start, end = places.get((name, at), (-1 - len(title), -1 - len(title)))
        made.questions.append(
            TrainingQuestion(
                rng.choice(wordings).format(name),
                number,
                start + len(title),
                end + len(title),
                made.name,
                PairKind.MADE,
            )
        )


def _asking_language(language: str, rng: random.Random) -> tuple[str, dict[int, int] | None]:
    """The language of the questions, and its columns by those of the table; None for the same."""
    for (one, other), places in _SAME.items():
        if language == one and rng.random() < 0.4:
            return other, places
        if language == other and rng.random() < 0.4:
            return one, {v: k for k, v in places.items()}
    return language, None
