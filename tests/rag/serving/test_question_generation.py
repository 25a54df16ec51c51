"""Questions made from sentences by rule: what reads well is asked, what does not is left."""

from dataclasses import replace

import pytest

from rag.documents import Document, make_document
from rag.serving.question_generation import ENGLISH, HANS, HANT, drafts

TITLE = "盘锦市2022年民生工作"


def document(text: str, title: str = TITLE, section: str = "") -> Document:
    made = make_document(text, title=title)
    named = tuple(replace(paragraph, section=section) for paragraph in made.paragraphs)
    return replace(made, paragraphs=named)


def latin(name: str) -> str | None:
    return {"盘锦": "Panjin", "临河": "Linhe"}.get(name)


def drawn(made: Document, language: str = HANS, kind: str = "") -> list[str]:
    found = drafts(made, language, latin)
    return [draft.question for draft in found if draft.kind == kind or not kind]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("城镇新增就业2049人。", "盘锦市城镇新增就业多少人？"),
        ("截至11月底，全市城镇新增就业24002人，失业率下降。", "盘锦市城镇新增就业多少人？"),
        ("盘锦市受理的线索共611条。", "盘锦市受理的线索共多少条？"),
        ("盘锦在线上和线下合计办了590场招聘会。", "盘锦在线上和线下办了多少场招聘会？"),
        ("幼儿园的公办率为49%。", "盘锦市幼儿园的公办率为多少？"),
        ("财政专项扶贫资金为1283万元。", "盘锦市财政专项扶贫资金为多少元？"),
        ("参与活动的志愿者有3000多名。", "盘锦市参与活动的志愿者有多少名？"),
    ],
)
def test_a_number_is_asked_for_where_it_stands(sentence: str, question: str) -> None:
    assert drawn(document(sentence), kind="fact") == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "其中农村新增就业2049人。",
        "他们带动就业1331人。",
        "城市很美，由此带动就业20352人。",
        "工程每天可供水40万吨至50万吨。",
        "会议于2021年4月19日召开。",
        "创业担保贷款（涉农贷款）发放了3.85亿元。",
        "盘锦连续3年拿到省级的居家和社区养老服务改革试点。",
        "居民都很满意。",
        "占27%。",
    ],
)
def test_what_does_not_stand_alone_is_not_asked(sentence: str) -> None:
    assert drawn(document(sentence), kind="fact") == []


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("“五通”指通村道路、通水、通电。", "“五通”指什么？"),
        ("开发区的口号是“把群众的事当成大事”。", "聊城开发区的口号是什么？"),
        ("就业工作的主线是稳就业。", "聊城开发区就业工作的主线是什么？"),
        ("服务的重点对象有高校毕业生。", "聊城开发区服务的重点对象有哪些？"),
    ],
)
def test_statements_become_questions(sentence: str, question: str) -> None:
    assert question in drawn(document(sentence, "聊城开发区改善民生"))


def test_a_section_says_better_whom_it_is_about() -> None:
    made = document("全年教育支出达4.58亿元。", section="兴隆台区：教育投入大增")
    assert drawn(made, kind="fact") == ["兴隆台区全年教育支出达多少元？"]


def test_without_a_name_a_question_has_none() -> None:
    assert drawn(document("年假的天数为15天。", "员工手册"), kind="fact") == [
        "年假的天数为多少天？"
    ]


def test_questions_are_in_the_readers_script() -> None:
    simplified = document("城镇新增就业2049人。")
    assert "盤錦市城鎮新增就業多少人？" in drawn(simplified, HANT)
    traditional = document("教師集中招聘辦了2次。", "2024年臨河區民生盤點")
    assert "臨河區教師集中招聘辦了多少次？" in drawn(traditional, HANT)
    assert "临河区教师集中招聘办了多少次？" in drawn(traditional, HANS)


def test_english_readers_get_english_questions_about_chinese_documents() -> None:
    made = document("全市办了24场招聘活动。", section="就业：招聘活动")
    assert drawn(made, ENGLISH)[:2] == [
        "How many job fairs were held in Panjin?",
        "What is said about employment in Panjin?",
    ]
    traditional = document("線上線下的招聘會辦了33場。", "2024年臨河區民生盤點")
    assert "How many job fairs were held in Linhe?" in drawn(traditional, ENGLISH)
    nameless = document("全年办了24场招聘会。", "年报")
    assert "How many job fairs were held?" in drawn(nameless, ENGLISH)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("There are 12 schools in the district.", "How many schools are there in the district?"),
        ("The notice period is three months.", "What is the notice period?"),
    ],
)
def test_english_sentences_become_questions(sentence: str, question: str) -> None:
    assert question in drawn(document(sentence, "Handbook"), ENGLISH)


@pytest.mark.parametrize(
    "sentence",
    ["The man who came is old.", "The doors are closed at night.", "It is the third floor."],
)
def test_english_sentences_that_make_no_good_question(sentence: str) -> None:
    assert drawn(document(sentence, "Handbook"), ENGLISH, "statement") == []


def test_for_all_others_there_are_headings() -> None:
    made = document("Die Kündigungsfrist beträgt drei Monate.", "Handbuch", "Kündigung")
    assert drawn(made, HANS) == ["关于“Kündigung”，文档里怎么说？"]
    assert drawn(made, ENGLISH) == ["What do the documents say about “Kündigung”?"]


def test_a_draft_knows_the_sentence_that_it_is_drawn_from() -> None:
    made = document("居民很满意。城镇新增就业2049人。")
    draft = drafts(made, HANS, latin)[0]
    assert made.text[draft.start : draft.end] == "城镇新增就业2049人。"
    assert len({each.question for each in drafts(made, HANS, latin)}) == len(drawn(made))
