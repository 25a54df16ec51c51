"""Folders of one table, made up."""

import random

from training.folders.practice_folder import PracticeFolder, PracticeQuestion, document

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


def table(language: str, seed: int) -> PracticeFolder:
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
    folder = PracticeFolder("table", [document(path, blocks, title=columns[0])])
    for name in names:
        for form in forms:
            must = (rows[name],) if name in rows else ()
            gold = frozenset({path}) if must else frozenset()
            folder.questions.append(PracticeQuestion(form.format(name), language, must, gold))
    return folder
