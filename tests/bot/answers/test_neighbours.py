"""The paragraphs around a cited one, also after its document has changed."""

from bot.answers.neighbours import SourceView, neighbour
from bot.answers.shown import ShownAnswer, ShownSource, shown_answer
from tests.bot.stubs import answer, citation, document, passage


def source(text: str) -> ShownSource:
    found = answer(citation(1, text), passages=(passage(text),))
    return shown_answer(found, ShownAnswer("a", 1, 2, "Why?")).sources[0]


def test_neighbours_follow_a_paragraph_that_has_moved() -> None:
    cited = source("Second paragraph here.")
    changed = document("New first paragraph.", "Second paragraph here.", "Third one follows it.")
    found = neighbour(changed, cited, 0)
    assert found is not None
    assert found[0] is cited
    assert (found[1].before, found[1].after) == (True, True)
    last = neighbour(changed, cited, 1)
    assert last is not None
    assert last[0].text == "Third one follows it."
    assert last[0].url == "/documents/d1#p2"
    assert last[0].lines == (5, 5)
    assert (last[1].before, last[1].after) == (True, False)
    assert neighbour(changed, cited, -9) is None
    assert neighbour(changed, cited, 9) is None


def test_a_paragraph_that_is_gone_is_shown_as_it_was() -> None:
    cited = source("It is gone.")
    for remaining in (None, document("Something else stands here now.")):
        found = neighbour(remaining, cited, 0)
        assert found == (cited, SourceView(0, before=False, after=False, changed=True))
        assert neighbour(remaining, cited, 1) is None
