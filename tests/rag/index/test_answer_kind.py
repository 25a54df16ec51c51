"""What a question asks for, and what a sentence can hold, in Chinese and English."""

import pytest

from rag.index.answer_kind import Kind, asked_kind, held_kinds

ASKED = {
    Kind.QUANTITY: [
        "盘锦市今年新增创业多少人？",
        "盤錦市今年新增創業多少人？",
        "有几个社区？",
        "有幾個社區？",
        "建了几条公路",
        "项目有多大？",
        "路有多長？",
        "占百分之几？",
        "比例是什么？",
        "总数是什么",
        "總數是什麼",
        "参加人数",
        "投资金额",
        "投資金額",
        "How many jobs?",
        "how MUCH did it cost",
        "How long is the road?",
        "What percentage of villages has it?",
        "what number of people",
    ],
    Kind.TIME: [
        "什么时候开工？",
        "什麼時候開工？",
        "何时开工",
        "何時開工",
        "哪年开工？",
        "哪一年開工？",
        "哪个月",
        "哪個月",
        "几月几日？",
        "幾年開始的",
        "When did it open?",
        "WHEN",
        "In what year was it built?",
        "Which month is meant?",
    ],
    Kind.ANY: [
        "",
        "？",
        "谁是市长？",
        "誰是市長？",
        "为什么要改革？",
        "公路在哪里？",
        "Who is the mayor?",
        "Where is Panjin?",
        "How does it work?",
        "Whenever it rains",
        "showhow manyfold",
        "¿Cuántas personas encontraron trabajo?",
        "Combien d'emplois ?",
        "Wann wurde es gebaut?",
        "Сколько человек?",
        "كم عدد الوظائف؟",
        "일자리는 얼마나?",
        "いつ開きましたか",
        "มีกี่คน",
    ],
}


@pytest.mark.parametrize(
    ("question", "kind"), [(question, kind) for kind in ASKED for question in ASKED[kind]]
)
def test_a_question_asks_for_a_kind_of_answer_or_nothing_is_assumed(
    question: str, kind: Kind
) -> None:
    assert asked_kind(question) is kind


def test_a_time_goes_before_a_quantity() -> None:
    assert asked_kind("什么时候达到多少人？") is Kind.TIME


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("", Kind.ANY),
        ("公路通车了。", Kind.ANY),
        ("People are content.", Kind.ANY),
        ("新增5家。", Kind.QUANTITY),
        ("三百多个社区。", Kind.QUANTITY),
        ("三百多個社區。", Kind.QUANTITY),
        ("两万人参加。", Kind.QUANTITY),
        ("兩萬人參加。", Kind.QUANTITY),
        ("It has 12 rooms.", Kind.QUANTITY),
        ("上个世纪。", Kind.TIME),
        ("上個世紀。", Kind.TIME),
        ("年初开工。", Kind.TIME),
        ("2021年完工。", Kind.TIME),
        ("5月完工。", Kind.TIME),
        ("Opened in 1999.", Kind.TIME),
        ("新增就业3960人。", Kind.TIME | Kind.QUANTITY),
        ("١٢ مدرسة", Kind.QUANTITY),
    ],
)
def test_sentences_hold_kinds_of_answers(sentence: str, kinds: Kind) -> None:
    assert held_kinds(sentence) == kinds


@pytest.mark.parametrize(
    "sentence",
    [
        "2018年全面开始",
        "五年来稳步提升",
        "5月8日召开",
        "十四五规划全面实施",
        "第3次会议顺利召开",
        "It began on March 3.",
    ],
)
def test_a_date_or_an_ordinal_is_no_quantity(sentence: str) -> None:
    assert Kind.QUANTITY not in held_kinds(sentence)


def test_a_number_beside_a_date_is_a_quantity() -> None:
    assert Kind.QUANTITY in held_kinds("2018年新增就业3960人")
