"""An overview is told from a question."""

import pytest

from rag.answering.overview import asks_overview_of_all, overview_topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Summarize the ferry", "the ferry"),
        ("Please give me a short overview of the budget.", "the budget"),
        ("What do the documents say about parking?", "parking"),
        ("总结一下渡口的工作", "渡口的工作"),
        ("关于养蜂，文档里说了些什么？", "养蜂"),
        ("請概括一下養老服務", "養老服務"),
        ("渡し船について要約してください", "渡し船"),
        ("나룻배를 요약해 주세요", "나룻배"),
        ("Fasse die Altenpflege zusammen", "die Altenpflege"),
        ("Résume le budget", "le budget"),
        ("¿Qué dicen los documentos sobre el faro?", "el faro"),
    ],
)
def test_the_topic_of_an_overview_is_found(text: str, topic: str) -> None:
    assert overview_topic(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "总结大会什么时候开？",
        "Who wrote the summary of the budget?",
        "What does section 2.1 say?",
        "Summarize the documents",
        "总结一下所有文档",
        "Summarize",
        "ferry",
        "",
    ],
)
def test_a_question_or_everything_is_no_topic(text: str) -> None:
    assert overview_topic(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Summarize all documents.",
        "Give me an overview of the documents",
        "What do these documents say?",
        "总结一下所有文档",
        "總結一下所有文件",
        "这些文档都讲了什么？",
        "Fasse alle Dokumente zusammen",
        "Que disent ces documents ?",
        "¿Qué dicen los documentos?",
        "Обобщи все документы",
    ],
)
def test_an_overview_of_all_documents_is_told(text: str) -> None:
    assert asks_overview_of_all(text)
    assert overview_topic(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Summarize the ferry",
        "Summarize it",
        "What does it say?",
        "What documents do you have?",
        "总结一下盘锦",
        "ferry",
        "",
    ],
)
def test_a_topic_or_a_list_is_no_overview_of_all(text: str) -> None:
    assert not asks_overview_of_all(text)
