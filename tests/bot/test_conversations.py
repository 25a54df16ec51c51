"""Private chats with the real bot: questions, sources, follow-ups, thumbs, inline mode."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from rag.errors import QuestionCode
from rag.serving.feedback import FeedbackStore
from tests.bot.conftest import HOSTILE, Shared, Start
from tests.bot.telegram_html import units
from tests.bot.telegram_server import TelegramServer
from tests.bot.telegram_world import Message, Person
from wenda.composition.building import make_indexer
from wenda.settings import read_settings
from words.catalogue import words_in

pytestmark = pytest.mark.model

JOBS, FACT = "盘锦市新增创业多少人？", "11331人"
STATIONS, STATIONS_FACT = "臨河區有幾個社區養老服務站？", "23個"
EXOTIC = "What is the airspeed velocity of an unladen swallow?"


def ask(shared: Shared, person: Person, question: str) -> Message:
    return shared.server.reply(person.say(question))


def pressed(shared: Shared, person: Person, message: Message, label: str) -> Message:
    """The message after a button was pressed and did its work."""
    before = len(message.versions)
    person.press(message, label)
    shared.server.wait(lambda: len(message.versions) > before)
    return message


def answered(server: TelegramServer, query: str) -> dict[str, Any]:
    """How a pressed button or an inline query was answered."""
    answer: dict[str, Any] = server.wait(lambda: server.world.answers.get(query))
    return answer


def test_the_sentence_comes_first_then_its_source(shared: Shared) -> None:
    answer = ask(shared, shared.server.world.person(), JOBS)
    first, *_ = answer.text.splitlines()
    assert FACT in first
    assert first.endswith(" [1]")
    assert answer.marked_as("bold")[0] in first
    assert "来源" in answer.marked_as("bold")
    source = answer.text.splitlines()[-1]
    assert source.startswith("[1] 盘锦市2022年民生工作")
    assert source.endswith(" › 就业：截至11月底的数据 · 第41行 · 2022-12")
    (link,) = [each for each in answer.marked.entities if each["type"] == "text_link"]
    assert link["url"].startswith("https://wenda.example.org/documents/")
    assert answer.labels == ["[1] 就业：截至11月底的数据", "更多", "👍", "👎"]
    assert answer.reply_to is None


def test_typing_is_shown_and_a_quick_answer_needs_no_placeholder(shared: Shared) -> None:
    person = shared.server.world.person()
    answer = ask(shared, person, JOBS)
    assert (person.id, None) in shared.server.world.typing
    assert answer.versions == []


def test_a_question_of_too_many_tokens_is_refused_for_just_that(shared: Shared) -> None:
    question = "".join(chr(0x4E00 + 11 * number) for number in range(900))
    refusals = words_in("zh-Hans").answers.refusals
    answer = ask(shared, shared.server.world.person(), question)
    assert answer.text == refusals[QuestionCode.TOO_MANY_TOKENS]


def test_a_source_opens_in_place_and_leads_to_its_neighbours(shared: Shared) -> None:
    person = shared.server.world.person()
    answer = ask(shared, person, JOBS)
    said, labels = answer.marked, answer.labels
    quote = answer.marked_as("bold")[0]
    view = pressed(shared, person, answer, "[1]")
    [passage] = view.marked_as("expandable_blockquote")
    assert quote in passage
    assert quote in view.marked_as("bold")
    assert view.labels == ["‹ 上一段", "下一段 ›", "打开文档", "‹‹ 返回"]
    cited = view.text
    pressed(shared, person, view, "下一段")
    assert view.text != cited
    assert quote not in view.text
    pressed(shared, person, view, "上一段")
    assert view.text == cited
    pressed(shared, person, view, "返回")
    assert (view.marked, view.labels) == (said, labels)


def test_more_lists_other_passages_that_open_too(shared: Shared) -> None:
    person = shared.server.world.person()
    answer = ask(shared, person, JOBS)
    listed = pressed(shared, person, answer, "更多")
    assert listed.text.startswith("相关段落\n\na) ")
    assert FACT not in listed.text
    opened = pressed(shared, person, listed, "a)")
    assert opened.marked_as("expandable_blockquote")
    pressed(shared, person, opened, "返回")
    assert FACT in answer.text


def test_an_edited_question_is_answered_in_place(shared: Shared) -> None:
    person = shared.server.world.person()
    asked = person.say(JOBS)
    answer = shared.server.reply(asked)
    person.edit(asked, STATIONS)
    shared.server.wait(lambda: STATIONS_FACT in answer.text)
    pressed(shared, person, answer, "[1]")
    assert STATIONS_FACT in answer.text
    assert len(shared.server.world.bot_messages(person.chat)) == 1


def test_a_follow_up_builds_on_the_question_before_until_it_is_forgotten(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    ask(shared, person, "How many job fairs did Linhe hold by the end of October?")
    followed = ask(shared, person, "And in Taobei?").text
    assert "590场" in followed
    assert followed.startswith("Understood as: How many job fairs")
    assert "forgotten" in ask(shared, person, "/new").text
    bare = ask(shared, person, "And in Taobei?").text
    assert "590场" not in bare
    assert "Understood as" not in bare


def test_other_people_do_not_share_the_conversation(shared: Shared) -> None:
    ann, bob = (shared.server.world.person(name, "en") for name in ("Ann", "Bob"))
    ask(shared, ann, "How many job fairs did Linhe hold by the end of October?")
    assert "590场" not in ask(shared, bob, "And in Taobei?").text


@pytest.mark.parametrize(
    "fields",
    [
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
    ],
    ids=["forwarded", "caption"],
)
def test_forwarded_texts_and_captions_are_questions(shared: Shared, fields: dict[str, Any]) -> None:
    person = shared.server.world.person()
    asked = person.say(JOBS, **fields)
    assert FACT in shared.server.reply(asked).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("？！", "没有可以查询的文字"),
        ("长" * 1001, "问题太长了（1001字，最多1000字）"),
        ("甲乙丙丁戊己庚辛壬" * 100, "问题太长了，没法一次读完"),
        ("/ask", "问题写在命令后面"),
        ("/nothing", "没有这个命令"),
    ],
)
def test_what_cannot_be_asked_is_said(shared: Shared, text: str, said: str) -> None:
    assert said in ask(shared, shared.server.world.person(), text).text


def test_a_sticker_is_no_question(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    picture = {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}
    asked = person.say("", photo=[picture])
    assert "only read text" in shared.server.reply(asked).text


def test_what_the_documents_lack_is_said_with_topics_to_ask_for(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    refused = ask(shared, person, EXOTIC)
    shared.server.wait(lambda: refused.text != "Looking…")  # the first question takes its time
    assert refused.text.startswith("The documents do not answer this.\n\nNearest topics:")
    topic = refused.labels[0]
    person.press(refused, topic)
    answer = shared.server.replies(refused, 1)[0]
    assert answer.marked_as("italic") == [topic]
    # It is in /unanswered, without a name.
    ask(shared, person, EXOTIC)
    listed = ask(shared, shared.admin, "/unanswered")
    assert f"{EXOTIC} · 2×, last 20" in listed.text
    assert "Ann" not in listed.text
    # The documents have not changed, so asking again finds nothing.
    shared.admin.press(listed, "Try again")
    shared.server.wait(lambda: "Answered now: 0 of" in listed.text)
    private = ask(shared, person, "/privacy")
    assert "2 questions without an answer" in private.text
    person.press(private, "Delete everything")
    shared.server.wait(lambda: private.text == "Everything is deleted.")
    listed = ask(shared, shared.admin, "/unanswered")
    assert EXOTIC not in listed.text


def test_markup_in_documents_questions_and_names_is_only_text(shared: Shared) -> None:
    person = shared.server.world.person("<b>Eve</b> & </i>", "en")
    assert "Hello, <b>Eve</b> & </i>!" in ask(shared, person, "/start").text
    question = "How many <b>blue umbrellas</b> did Zorbo sell in </blockquote> Quxville in 2019?"
    answer = ask(shared, person, question)
    assert "<b>4711 blue umbrellas</b> & 3 < 5 gadgets 😀👨‍👩‍👧‍👦 in Quxville" in answer.text
    assert "<b>4711 blue umbrellas</b>" in HOSTILE
    view = pressed(shared, person, answer, "[1]")
    assert view.text.startswith("<b>Zorbo & Söhne</b> </blockquote>\n")
    assert "4711 blue umbrellas</b>" in "".join(view.marked_as("expandable_blockquote"))
    assert len(view.marked_as("bold")) >= 2
    topic = ask(shared, person, "<script>alert('x')</script> & <a href=")
    assert topic.text


def test_lone_halves_of_characters_do_no_harm(shared: Shared) -> None:
    person = shared.server.world.person("\ud83d", "en")
    assert "Hello, \ufffd!" in ask(shared, person, "/start").text
    assert FACT in ask(shared, person, f"{JOBS} \udc4d").text


def test_old_and_foreign_buttons_say_so(shared: Shared) -> None:
    server = shared.server
    person, other = server.world.person(), server.world.person()
    answer = ask(shared, person, JOBS)
    data = answer.keyboard[0][0]["callback_data"]
    before = len(answer.versions)
    mine = ask(shared, other, STATIONS)
    for message, who, forged in (
        (answer, person, "s:0123456789abcdef:0:0"),
        (answer, person, data.replace(":0:0", ":99:0")),
        (answer, person, data.replace(":0:0", ":x:y")),
        (answer, person, "s"),
        (answer, person, "z:1:2:3"),
        (answer, person, ":::::"),
        (mine, other, data),
        (answer, person, f"f:{other.id}"),
        (answer, person, "l:xx"),
        (answer, person, "d:-"),
    ):
        query = who.send_data(message, forged)
        answered(server, query)
        assert "过期" in server.world.answers[query]["text"], forged
    assert len(answer.versions) == before


def test_a_query_that_telegram_no_longer_knows_still_opens_the_source(shared: Shared) -> None:
    person = shared.server.world.person()
    answer = ask(shared, person, JOBS)
    with shared.server.world.changed:
        query = person.press(answer, "[1]")
        del shared.server.world.queries[query]
    shared.server.wait(lambda: "‹‹ 返回" in answer.labels)
    assert query not in shared.server.world.answers


def test_thumbs_are_kept_with_those_of_rest_and_can_be_deleted(shared: Shared) -> None:
    person = shared.server.world.person()
    answer = ask(shared, person, JOBS)
    for label in ("👍", "👎"):
        query = person.press(answer, label)
        answered(shared.server, query)
        assert shared.server.world.answers[query]["text"] == "谢谢！"
    store = FeedbackStore(shared.folder / "home" / "feedback.sqlite")
    mine = [each for each in store.newest_feedback(50) if each.user == f"telegram:{person.id}"]
    (word,) = mine
    assert (word.channel, word.helpful, word.question) == ("telegram", False, JOBS)
    assert FACT in str(word.answer)
    privacy = ask(shared, person, "/privacy")
    assert "1个答案，1条上下文" in privacy.text
    pressed(shared, person, privacy, "删除")
    assert privacy.text == "已全部删除。"
    assert not [each for each in store.newest_feedback(50) if each.user == f"telegram:{person.id}"]
    store.close()
    assert "0个答案，0条上下文" in ask(shared, person, "/privacy").text
    query = person.press(answer, "[1]")
    shared.server.wait(lambda: query in shared.server.world.answers)
    assert "过期" in shared.server.world.answers[query]["text"]


def test_nobody_deletes_what_is_kept_of_somebody_else(shared: Shared) -> None:
    group = shared.server.world.group("g")
    ann, bob = shared.server.world.person(), shared.server.world.person()
    shared.server.reply(ann.say(f"/ask {JOBS}", group))
    privacy = shared.server.reply(ann.say("/privacy", group))
    query = bob.press(privacy, "删除")
    shared.server.wait(lambda: query in shared.server.world.answers)
    assert "1个答案" in privacy.text


def test_inline_mode_offers_the_answer_and_passages(shared: Shared) -> None:
    person = shared.server.world.person()
    query = person.type_inline(JOBS)
    shared.server.wait(lambda: query in shared.server.world.answers)
    first, *others = shared.server.world.answers[query]["results"]
    assert FACT in first["shown"]
    assert "\n来源\n[1] 盘锦市2022年民生工作" in first["shown"]
    assert len(others) >= 3
    for each in others:
        assert " · 第" in each["shown"]
    for text in ("", "？", EXOTIC):
        query = person.type_inline(text)
        answered(shared.server, query)
        assert shared.server.world.answers[query]["results"] == []


def test_of_what_is_typed_quickly_only_the_last_is_looked_for(shared: Shared) -> None:
    person = shared.server.world.person()
    with shared.server.world.changed:
        queries = [person.type_inline(JOBS[:length]) for length in range(2, len(JOBS) + 1)]
    shared.server.wait(lambda: queries[-1] in shared.server.world.answers)
    shared.server.settle()
    assert queries[0] not in shared.server.world.answers


def test_two_hundred_people_at_once_are_answered_in_the_order_of_each(shared: Shared) -> None:
    server = shared.server
    people = [server.world.person(f"p{n}") for n in range(200)]
    with server.world.changed:
        for question in (JOBS, STATIONS):
            for person in people:
                person.say(question)

    def facts() -> list[list[bool]]:
        """For each person, whether each message has the fact of its question."""
        found = ([each.text for each in server.world.bot_messages(p.chat)] for p in people)
        return [
            [fact in text for fact, text in zip((FACT, STATIONS_FACT), texts, strict=False)]
            for texts in found
        ]

    server.wait(lambda: facts() == [[True, True]] * 200, 400)
    server.settle()
    assert {len(server.world.bot_messages(each.chat)) for each in people} == {2}


def test_old_buttons_open_what_they_showed_after_the_index_was_swapped(
    server: TelegramServer, start: Start
) -> None:
    bot = start()
    person = server.world.person()
    answer = server.reply(person.say(JOBS))
    quote = answer.marked_as("bold")[0]
    seeds = bot.home.parent / "seeds"
    (seeds / "panjin-2022.md").unlink()
    (seeds / "new.md").write_text("# 新文档\n\n盘锦市有四万只丹顶鹤。\n", encoding="utf-8")
    settings = read_settings(seeds=seeds, home=bot.home)
    report = make_indexer(settings, lambda *_: None).index_folder(seeds)
    assert report.removed == ["panjin-2022.md"]
    server.wait(lambda: f"Serving generation {report.generation}" in bot.log)
    assert "四万只丹顶鹤" in server.reply(person.say("盘锦市有多少只丹顶鹤？")).text
    person.press(answer, "[1]")
    server.wait(lambda: "‹‹ 返回" in answer.labels)
    [passage] = answer.marked_as("expandable_blockquote")
    assert quote in passage
    assert "文档后来有改动" in answer.text
    assert answer.labels == ["‹‹ 返回"]
    person.press(answer, "返回")
    server.wait(lambda: "来源" in answer.text)
    assert FACT in answer.text


def test_without_an_index_it_says_so_and_builds_one(
    server: TelegramServer, start: Start, home: Path
) -> None:
    shutil.rmtree(home / "generations")
    (home / "CURRENT").unlink()
    start()
    person = server.world.person()
    first = server.reply(person.say(JOBS))
    if "还没有可以查询的文档" not in first.text:
        assert FACT in first.text  # it was quick
    server.wait(lambda: (home / "CURRENT").exists(), 120)
    server.ask_until(person, JOBS, FACT)


def test_texts_of_questions_are_not_logged(shared: Shared) -> None:
    ask(shared, shared.server.world.person(), JOBS)
    assert "盘锦" not in shared.bot.log


def test_what_is_done_leaves_no_text_in_the_inbox(shared: Shared) -> None:
    ask(shared, shared.server.world.person(), JOBS)
    shared.server.settle()
    database = sqlite3.connect(shared.folder / "home" / "telegram.sqlite")
    kept = database.execute("SELECT count(*) FROM updates WHERE content IS NOT NULL").fetchone()
    database.close()
    assert kept == (0,)


def test_messages_stay_within_telegrams_length(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    answer = ask(shared, person, "How deep is well number 7 of Plimford?")
    assert units(answer.text) <= 4096
    view = pressed(shared, person, answer, "[1]")
    assert units(view.text) <= 4096


def test_many_questions_of_one_person_are_answered_one_after_the_other(shared: Shared) -> None:
    person = shared.server.world.person()
    questions = [(JOBS, FACT), (STATIONS, STATIONS_FACT)] * 5
    with shared.server.world.changed:
        first, *_ = [person.say(question) for question, _ in questions]
    found = shared.server.world
    shared.server.wait(lambda: len(found.bot_messages(person.chat)) >= len(questions))
    texts = [each.text for each in found.bot_messages(person.chat, first)]
    assert all(fact in text for (_, fact), text in zip(questions, texts, strict=True))


def test_small_talk_is_replied_to_and_not_kept_as_unanswered(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    first = ask(shared, person, JOBS)
    assert FACT in first.text
    thanks = ask(shared, person, "谢谢")
    assert thanks.text == "You are welcome. Ask on whenever you like."
    assert thanks.labels == []
    kept = ask(shared, person, "/privacy").text
    assert "0 questions without an answer" in kept
    documents = ask(shared, person, "what documents do you have?")
    shared.server.wait(lambda: documents.text.startswith("There are 7 documents"))
    assert "盘锦市2022年民生工作" in documents.text
    assert documents.labels == ["Which documents there are"]


def test_a_conversation_is_narrowed_with_in(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    assert "/in folder:" in ask(shared, person, "/in").text
    assert "No document matches" in ask(shared, person, "/in folder:nowhere").text
    narrowed = ask(shared, person, "/in linhe").text
    assert narrowed.startswith("From now on I look only there: document linhe (documents: 1)")
    answer = ask(shared, person, JOBS)
    assert answer.text.startswith("Only in: document linhe")
    assert FACT not in answer.text
    assert ask(shared, person, "/in").text == "I look through all documents again."
    assert FACT in ask(shared, person, JOBS).text


def test_a_filter_in_a_question_holds_until_a_new_conversation(shared: Shared) -> None:
    person = shared.server.world.person("Ann", "en")
    assert FACT not in ask(shared, person, f"document:linhe {JOBS}").text
    assert FACT not in ask(shared, person, JOBS).text
    ask(shared, person, "/new")
    assert FACT in ask(shared, person, JOBS).text
