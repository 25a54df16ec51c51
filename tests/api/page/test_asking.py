"""Asking on the page, and what it shows of an answer."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.live import Server
from tests.api.page.conftest import HOSTILE, LONG, RARE, SCRIPT, Visit, ask
from words import words_in

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "盘锦市新增创业多少人？"
FOREIGN = "今天天气怎么样？"


def marks(page: "Page") -> list[str]:
    return page.locator(".turn:last-child blockquote mark").all_inner_texts()


def test_what_is_marked_is_what_is_quoted(visit: Visit, server: Server) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    assert "11331人" in answer["answer"]
    assert marks(page) == [citation["quote"] for citation in answer["citations"]]
    for citation in answer["citations"]:
        found = server.get(f"documents/{citation['document_id']}").json()
        assert found["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert page.locator(".turn cite").inner_text() == answer["citations"][0]["title"]
    assert page.locator(".numeral").inner_text() == "1"


def test_a_quote_keeps_its_paragraph_around_it(visit: Visit) -> None:
    page = visit()
    answer = ask(page, "臨河區有幾個社區養老服務站？")
    quote = page.locator(".turn blockquote")
    assert quote.inner_text() == answer["passages"][0]["text"]
    assert quote.get_attribute("lang") == "zh-Hant"
    assert len(marks(page)[0]) < len(quote.inner_text())


def test_several_documents_that_answer_are_all_quoted(visit: Visit) -> None:
    page = visit()
    answer = ask(page, "今年一共新增就业多少人？")
    documents = {citation["document_id"] for citation in answer["citations"]}
    assert len(documents) > 1
    assert page.locator(".turn .source").count() >= len(documents)
    assert sorted(marks(page)) == sorted(each["quote"] for each in answer["citations"])


def test_offsets_count_characters_and_not_units_of_utf_16(visit: Visit) -> None:
    page = visit()
    ask(page, "𠮷𠮷𠮷镇上的小学有多少名学生？")
    assert any(mark.endswith("镇上的小学有321名学生。") for mark in marks(page))
    assert page.locator(".turn blockquote").first.inner_text() == RARE


def test_a_long_paragraph_is_folded_around_the_quote(visit: Visit) -> None:
    page = visit()
    ask(page, "红顶仓库存放着多少箱苹果？")
    quote = page.locator(".turn blockquote").first
    assert "196箱" in marks(page)[0]
    folded = quote.locator("p").inner_text()
    assert (folded[:2], folded[-2:]) == ("… ", " …")
    page.locator(".unfold").first.click()
    assert quote.inner_text() == LONG
    assert "196箱" in marks(page)[0]


def test_a_weak_answer_comes_with_a_word_of_caution(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    assert page.locator(".unsure").count() == 0

    def weaken(route: "Route") -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "confidence": 0.3})

    page.route("**/ask", weaken)
    ask(page, QUESTION)
    assert "不一定" in page.locator(".unsure").inner_text()


def test_the_words_that_answer_come_before_their_sentence(visit: Visit) -> None:
    page = visit()

    def shorten(route: "Route") -> None:
        answer = route.fetch().json()
        quote = answer["citations"][0]
        short = {"text": quote["quote"][:5], "citation": 1, "start": quote["start"]}
        short["end"] = quote["start"] + 5
        route.fulfill(json={**answer, "short_answer": short, "short_answers": [short]})

    page.route("**/ask", shorten)
    answer = ask(page, QUESTION)
    words = answer["citations"][0]["quote"][:5]
    assert page.locator(".short-answer").inner_text() == words
    assert page.locator(".short-answer ~ .sources").count() == 1
    assert page.locator("#live").inner_text().startswith(words)


def test_parts_stand_side_by_side_with_what_is_missing(visit: Visit) -> None:
    page = visit()

    def split(route: "Route") -> None:
        answer = route.fetch().json()
        parts = [
            {"label": "盘锦", "question": "盘锦？", "answered": True, "citations": [1]},
            {"label": "巴黎", "question": "巴黎？", "answered": False, "citations": []},
        ]
        route.fulfill(json={**answer, "citations": answer["citations"][:1], "parts": parts})

    page.route("**/ask", split)
    ask(page, QUESTION)
    assert page.locator("h3.part").all_inner_texts() == ["盘锦", "巴黎"]
    assert page.locator(".sources").count() == 1
    assert page.locator("h3.part + .absent-why").count() == 1


def test_keys_ask_and_break_lines_and_find_the_question(visit: Visit) -> None:
    page = visit()
    page.click("h1")
    page.keyboard.press("/")
    page.keyboard.type("盘锦市新增")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("创业多少人？")
    assert page.input_value("#question") == "盘锦市新增\n创业多少人？"
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn.is-answered")
    assert page.input_value("#question") == ""
    assert page.evaluate("document.activeElement.id") == "question"


def test_the_enter_of_an_input_method_does_not_ask(visit: Visit) -> None:
    page = visit()
    page.fill("#question", "pan jin")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    page.evaluate(f"document.getElementById('question').dispatchEvent({composing})")
    assert page.locator(".turn").count() == 0
    assert page.input_value("#question") == "pan jin"


def test_a_follow_up_builds_on_what_was_asked_before(visit: Visit) -> None:
    page = visit(locale="en-GB")
    ask(page, "How many job fairs did Linhe hold by the end of October?")
    assert "33場" in marks(page)[0]
    answer = ask(page, "And in Taobei?")
    assert "590场" in marks(page)[0]
    assert page.locator(".turn").count() == 2
    # Only what was not understood as it was typed is said to be understood otherwise.
    understood = page.locator(".understood").all_inner_texts()
    assert understood == [f"Understood as: {answer['understood_as']}"]
    assert "Taobei" in answer["understood_as"]


def test_a_completed_question_goes_back_with_the_history(visit: Visit) -> None:
    page = visit(locale="en-GB")
    ask(page, "How many job fairs did Linhe hold by the end of October?")
    completed = ask(page, "And in Taobei?")["understood_as"]
    page.reload()
    page.wait_for_selector(".turn mark")
    with page.expect_request("**/ask") as asked:
        ask(page, "And in Panjin?")
    body = asked.value.post_data_json
    assert body is not None
    assert [turn["understood_as"] for turn in body["history"]] == [None, completed]


def test_a_conversation_outlives_a_reload_but_not_the_tab(visit: Visit) -> None:
    page = visit(locale="en-GB")
    ask(page, "How many job fairs did Linhe hold by the end of October?")
    page.reload()
    page.wait_for_selector(".turn mark")
    ask(page, "And in Taobei?")
    assert "590场" in marks(page)[0]
    page.click("#fresh")
    page.reload()
    page.wait_for_selector(".example")
    assert page.locator(".turn").count() == 0


def test_a_new_conversation_forgets_the_old_one(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.click("#fresh")
    assert page.locator(".turn").count() == 0
    assert page.locator("#examples").is_visible()
    with page.expect_request("**/ask") as asked:
        ask(page, QUESTION)
    body = asked.value.post_data_json
    assert body is not None
    assert body["history"] == []


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en-GB"])
def test_examples_are_answered(visit: Visit, server: Server, locale: str) -> None:
    page = visit(locale=locale)
    examples = page.locator(".example")
    examples.first.wait_for()
    assert examples.count() == 4
    answers = [server.get("ask", q=text).json() for text in examples.all_inner_texts()]
    assert len({answer["citations"][0]["document_id"] for answer in answers}) == 4
    examples.first.click()
    page.wait_for_selector(".turn.is-answered mark")


def test_what_is_not_in_the_documents_looks_like_it(visit: Visit) -> None:
    page = visit()
    answer = ask(page, FOREIGN)
    assert page.locator(".absent-title").inner_text() == "文档里没有答案"
    assert page.locator(".turn mark").count() == 0
    assert page.locator(".topic").all_inner_texts() == answer["suggestions"]
    page.locator(".topic").first.click()
    page.wait_for_selector("#panel .cited")
    heading = page.locator("#panel h3", has_text=answer["suggestions"][0])
    assert heading.is_visible()


def test_a_typing_error_is_mended_with_one_press(visit: Visit) -> None:
    page = visit()
    answer = ask(page, "口带公园")
    assert answer["did_you_mean"] == "口袋公园"
    button = page.locator(".meant button")
    assert button.inner_text() == "你要问的是不是：口袋公园"
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:last-child.is-answered mark")
    assert page.locator(".turn:last-child .asked").inner_text() == "口袋公园"


def test_pinyin_is_answered_and_says_what_it_was_read_as(visit: Visit) -> None:
    page = visit()
    answer = ask(page, "pan jin kou dai gong yuan")
    assert answer["understood_as"] == "盘锦口袋公园"
    assert "盘锦口袋公园" in page.locator(".understood").inner_text()
    assert any("9个" in each for each in marks(page))


def test_what_cannot_be_asked_is_explained(visit: Visit) -> None:
    page = visit(tolerated="422")
    page.fill("#question", "？！")
    page.press("#question", "Enter")
    page.wait_for_selector(".turn.is-failed")
    chinese, english = (words_in(each).answers.refusals["no_word"] for each in ("zh-Hans", "en"))
    assert chinese in page.locator(".failed").inner_text()
    page.select_option("#language", "en")
    assert english in page.locator(".failed").inner_text()


def test_thumbs_reach_the_store(visit: Visit, folder: Path) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    page.click(".thumb-down")
    page.fill(".comment input", "答非所问")
    with page.expect_response("**/feedback"):
        page.click(".comment button")
    page.wait_for_selector(".comment", state="detached")
    assert page.get_attribute(".thumb-down", "aria-pressed") == "true"
    with sqlite3.connect(folder / "home" / "feedback.sqlite") as database:
        rows = database.execute(
            "SELECT helpful, question, answer, generation, comment, channel FROM feedback"
        ).fetchall()
    database.close()
    given = (0, QUESTION, answer["answer"], answer["generation"], "答非所问", "web")
    assert rows == [given]


def test_copying_takes_the_source_along(visit: Visit, server: Server) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    citation = ask(page, QUESTION)["citations"][0]
    page.locator(".deeds button").nth(1).click()
    page.wait_for_selector(".deeds .is-done")
    copied = page.evaluate("navigator.clipboard.readText()")
    quote, source, address = copied.split("\n")
    assert quote == citation["quote"]
    assert citation["title"] in source
    assert "第41行" in source
    assert address.startswith(f"{server.url}documents/{citation['document_id']}#p")


def test_a_hostile_question_is_only_text(visit: Visit) -> None:
    page = visit()
    question = f'{SCRIPT}<img src=x onerror="window.hacked=1">javascript:window.hacked=1 就业？'
    ask(page, question)
    assert page.locator(".asked").inner_text() == question
    assert page.evaluate("window.hacked") is None


def test_a_hostile_document_is_only_text(visit: Visit) -> None:
    page = visit()
    ask(page, "仙鹤镇图书馆藏书多少册？")
    assert SCRIPT in page.locator(".turn .source").first.inner_text()
    page.locator(".origin a").first.click()
    page.wait_for_selector("#panel .cited")
    assert HOSTILE in page.locator("#panel .cited").inner_text()
    assert "javascript:window.hacked=1" in page.locator("#panel .text-facts").inner_text()
    page.click("#library")
    page.wait_for_selector(".titles li")
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("main img, #panel img, main script, #panel script").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_screen_reader_hears_the_answer(visit: Visit) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    heard = page.locator("#live")
    assert heard.get_attribute("role") == "status"
    assert answer["answer"] in heard.inner_text()


def test_code_is_shown_as_code_and_a_list_in_its_lines(visit: Visit) -> None:
    page = visit()
    text = {"code": "wenda index\n  --seeds  x", "list": "甲。\n乙。"}

    def ask_of(kind: str) -> None:
        def answered(route: "Route") -> None:
            answer = route.fetch().json()
            (citation,) = answer["citations"][:1]
            passage = {**answer["passages"][0], "text": text[kind], "start": 0, "kind": kind}
            citation |= {"quote": text[kind], "start": 0, "end": len(text[kind]), "kind": kind}
            route.fulfill(json={**answer, "citations": [citation], "passages": [passage]})

        page.route("**/ask", answered)
        ask(page, QUESTION)
        page.unroute("**/ask")

    ask_of("code")
    assert page.locator(".turn:last-child pre code mark").text_content() == text["code"]
    assert page.locator(".turn:last-child pre code").inner_text() == text["code"]
    ask_of("list")
    assert page.locator(".turn:last-child blockquote").inner_text() == text["list"]
    assert page.locator(".turn:last-child pre").count() == 0
