"""What answers, sources and lists look like."""

from dataclasses import replace

from bot.answers.neighbours import SourceView
from bot.answers.shown import ShownAnswer, ShownSource, shown_answer
from bot.presentation.markup import html, plain, units
from bot.presentation.replies import Replies
from rag.answering.answer import Answer, Part, ShortAnswer
from rag.index.corpus import DocumentFacts, DocumentPart
from tests.bot.stubs import answer, citation, passage
from tests.bot.telegram_html import parse
from words import ENGLISH, words_in

EN = words_in(ENGLISH)
BASE = ShownAnswer("0123456789abcdef", 1, 2, "Why?")
AS_IT_IS = SourceView(0, before=True, after=True)


def kept(given: Answer) -> ShownAnswer:
    return shown_answer(given, BASE)


def source(text: str, *highlights: tuple[int, int], **changes: object) -> ShownSource:
    shown = kept(answer(citation(1, text), passages=(passage(text),)))
    facts = {name: getattr(shown.sources[0], name) for name in ShownSource.__slots__}
    return ShownSource(**{**facts, "highlights": highlights, **changes})


def test_quotes_are_numbered_and_only_the_best_is_bold() -> None:
    shown = kept(
        answer(
            citation(1, "First."),
            citation(2, "Second.", document_id="d2", lines=(7, 7), section="", date=None),
            citation(3, "Third.", page=4, document_id="d3"),
        )
    )
    (part,) = Replies(None).answer_parts(shown, EN)
    assert html(part.runs) == (
        "<b>First.</b> [1]\nSecond. [2]\nThird. [3]\n\n<b>Sources</b>\n"
        "[1] A title › A section · lines 3–5 · 2021-04\n"
        "[2] A title · line 7\n"
        "[3] A title › A section · page 4 · 2021-04"
    )


def test_the_words_that_answer_are_bold_and_their_sentence_is_not() -> None:
    given = answer(citation(1, "It has 12 people now."), citation(2, "Others."))
    start = given.citations[0].start + 7
    short = ShortAnswer("12 people", 1, start, start + 9)
    shown = kept(replace(given, short_answer=short, short_answers=(short,)))
    (part,) = Replies(None).answer_parts(ShownAnswer.from_json(shown.to_json()), EN)
    assert html(part.runs).startswith("It has <b>12 people</b> now. [1]\nOthers. [2]\n")


def test_parts_stand_below_what_they_are_about_or_are_said_to_be_missing() -> None:
    parts = (Part("Mill", "Mill?", True, (1,), 0.9), Part("Zoo", "Zoo?", False, (), 0.0))
    shown = kept(replace(answer(citation(1, "At ten.")), parts=parts))
    (part,) = Replies(None).answer_parts(ShownAnswer.from_json(shown.to_json()), EN)
    assert html(part.runs).startswith(
        "<i>Mill</i>\n<b>At ten.</b> [1]\n<i>Zoo</i>\nThe documents do not answer this.\n"
    )


def test_an_overview_says_what_it_is_above_its_sentences() -> None:
    given = answer(citation(1, "First."), citation(2, "Second."))
    shown = kept(replace(given, kind="overview", reply="Most of it:"))
    (part,) = Replies(None).answer_parts(shown, EN)
    assert html(part.runs).startswith("Most of it:\n\nFirst. [1]\nSecond. [2]\n")


def test_quotes_of_one_paragraph_share_a_source_with_their_marks() -> None:
    text = "Before. First. Between. Second."
    shown = kept(
        answer(citation(1, "Second.", 24), citation(2, "First.", 8), passages=(passage(text),))
    )
    (part,) = Replies(None).answer_parts(shown, EN)
    assert "\n[1][2] A title" in plain(part.runs)
    assert shown.sources[0].highlights == ((8, 14), (24, 31))
    view = Replies(None).source(shown, 0, shown.sources[0], EN, AS_IT_IS)
    assert html(view.runs).endswith(
        "<blockquote expandable>Before. <b>First.</b> Between. <b>Second.</b></blockquote>"
    )


def test_there_are_at_most_four_source_buttons_and_their_data_is_short() -> None:
    shown = kept(answer(*(citation(n, "Q.", document_id=f"d{n}") for n in range(1, 8))))
    (part,) = Replies("https://x.org").answer_parts(shown, EN)
    labels = [button.label for row in part.keyboard for button in row]
    assert labels == [f"[{n}] A section" for n in range(1, 5)] + ["👍", "👎"]
    data = [button.data for row in part.keyboard for button in row]
    assert all(each is not None and len(each.encode()) <= 64 for each in data)


def test_ten_thousand_characters_become_messages_with_the_buttons_below_the_last() -> None:
    sentence = "Ein <b>langer</b> Satz & ein 😀. "
    shown = kept(answer(citation(1, sentence * (10_000 // len(sentence)))))
    parts = Replies(None).answer_parts(shown, EN)
    assert len(parts) == 3
    assert [bool(part.keyboard) for part in parts] == [False, False, True]
    for part in parts:
        marked = parse(html(part.runs))
        assert units(marked.text) <= 4096
    whole = "".join(plain(part.runs) for part in parts)
    assert whole.count("<b>langer</b>") == shown.quotes[0].text.count("langer")


def test_a_long_paragraph_is_shown_around_its_sentence() -> None:
    text = "x" * 5000 + " HERE. " + "😀" * 5000
    long = source(text, (5001, 5006))
    shown = kept(answer(citation(1, "HERE.")))
    marked = parse(html(Replies(None).source(shown, 0, long, EN, AS_IT_IS).runs))
    assert units(marked.text) <= 4096
    assert "… xxx" in marked.text
    assert "x HERE. 😀" in marked.text
    assert marked.text.endswith("😀 …")
    endless = source("a" * 9000, (0, 9000), title="t" * 999, section="s" * 999)
    assert units(plain(Replies(None).source(shown, 0, endless, EN, AS_IT_IS).runs)) <= 4096


def test_an_abstention_offers_its_topics() -> None:
    shown = kept(answer(suggestions=("Jobs", "Roads " * 40)))
    (part,) = Replies(None).answer_parts(shown, EN)
    assert plain(part.runs) == "The documents do not answer this.\n\nNearest topics:"
    first, second, thumbs = part.keyboard
    assert first[0].label == "Jobs"
    assert second[0].label.endswith("…")
    assert len(thumbs) == 2


def test_a_question_without_its_typing_error_is_offered_first() -> None:
    shown = kept(answer(suggestions=("Jobs",), did_you_mean="How many jobs?"))
    (part,) = Replies(None).answer_parts(shown, EN)
    labels = [button.label for row in part.keyboard for button in row]
    assert labels[:2] == ["Did you mean: How many jobs?", "Jobs"]
    assert shown.suggestions[0] == "How many jobs?"
    assert ShownAnswer.from_json(shown.to_json()) == shown


def test_an_answer_that_was_named_says_so() -> None:
    (part,) = Replies(None).answer_parts(kept(answer(citation(1, "Nine jobs."), curated="1")), EN)
    assert "".join(run.text for run in part.runs).startswith(EN.curating.label)


def test_more_leaves_out_what_is_quoted() -> None:
    others = tuple(passage(f"Text {n}.", start=100 * n) for n in range(1, 4))
    shown = kept(answer(citation(1, "Q."), passages=(passage("Q. R."), *others)))
    part = Replies(None).more(shown, EN)
    assert [f"Text {n}." in plain(part.runs) for n in range(1, 4)] == [True] * 3
    assert "Q. R." not in plain(part.runs)
    assert [row[0].data for row in part.keyboard] == [
        *(f"s:{shown.id}:{n}:0" for n in (1, 2, 3)),
        f"b:{shown.id}",
    ]


def test_many_documents_are_paged() -> None:
    facts = [
        DocumentFacts(f"d{n}", f"{n}.md", f"Title {n}", None, None, "en", "Latn", "", 1)
        for n in range(40)
    ]
    whole = DocumentPart(tuple(facts[:15]), 40, more=True)
    first = Replies(None).documents(whole, 0, EN)
    last = Replies(None).documents(DocumentPart(tuple(facts[30:]), 40, more=False), 2, EN)
    assert plain(first.runs).startswith("40 documents\n\n1. Title 0\n2. Title 1")
    assert [button.label for button in first.keyboard[0]] == ["1/3", "›"]
    assert plain(last.runs).endswith("40. Title 39")
    assert [button.label for button in last.keyboard[0]] == ["‹", "3/3"]
    assert last.keyboard[0][0].data == "d:1"
    few = DocumentPart(tuple(facts[:3]), 3, more=False)
    assert Replies(None).documents(few, 0, EN).keyboard == ()


def test_a_completed_question_is_shown_above_what_was_found_for_it() -> None:
    completed = "How many job fairs in Taobei?"
    found = kept(answer(citation(1, "Nine."), understood_as=completed))
    (part,) = Replies(None).answer_parts(found, EN)
    assert html(part.runs).startswith(f"<i>Understood as: {completed}</i>\n\n<b>Nine.</b>")
    (part,) = Replies(None).answer_parts(kept(answer(understood_as=completed)), EN)
    assert plain(part.runs).startswith(f"Understood as: {completed}\n\nThe documents do not")
    assert ShownAnswer.from_json(found.to_json()) == found


def test_a_question_that_stood_alone_is_not_repeated() -> None:
    for understood_as in (None, "Why?"):
        (part,) = Replies(None).answer_parts(
            kept(answer(citation(1, "Nine."), understood_as=understood_as)), EN
        )
        assert plain(part.runs).startswith("Nine. [1]")


def test_what_is_left_out_of_a_list_is_counted() -> None:
    shown = kept(answer(citation(1, "- a\n- b", kind="list", omitted=7)))
    (part,) = Replies(None).answer_parts(shown, EN)
    assert html(part.runs).startswith("<b>- a\n- b</b> … and 7 more [1]\n")


def test_code_is_shown_as_code() -> None:
    code = "if a < b:\n    return"
    shown = kept(answer(citation(1, code, kind="code"), passages=(passage(code, kind="code"),)))
    (part,) = Replies(None).answer_parts(shown, EN)
    assert html(part.runs).startswith("<pre>if a &lt; b:\n    return</pre> [1]\n")
    view = Replies(None).source(shown, 0, shown.sources[0], EN, AS_IT_IS)
    assert html(view.runs).endswith("<pre>if a &lt; b:\n    return</pre>")
