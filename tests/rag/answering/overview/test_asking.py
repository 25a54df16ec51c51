"""An overview is told from a question."""

import pytest

from rag.answering.overview import overview_topic


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
