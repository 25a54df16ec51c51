"""What a question names: passages of other documents do not answer it.

A name is a word of a document's title or path that others hardly have: "Panjin", 临河. A question
with such a word is about the documents with that name, and about passages that have the word.
"""

from collections.abc import Iterable, Sequence

from rag.answering.anaphora import capitalized_words
from rag.documents.text.scripts import detect_script
from rag.index.bm25 import terms
from rag.index.corpus import StoredParagraph, lexical_context
from rag.index.generation import Generation, script_code

#: A word is a name when at least this share of the paragraphs that have it are in documents with
#: it in their title or path.
_NAMING = 0.5


class Naming:
    """The names in questions about one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self._lexical = generation.lexical
        self._names = generation.names

    def about(self, question: str, found: Sequence[StoredParagraph]) -> list[bool]:
        """Which of the passages found are about what the question names; all of them where it
        names nothing.
        """
        names = self._named(question, found)
        return [_is_about(each, names) for each in found]

    def _named(self, question: str, found: Sequence[StoredParagraph]) -> dict[int, set[str]]:
        """The names in the question by their scripts."""
        documents = {each.document.id: each.document for each in found}.values()
        named = {each.id: set(terms(f"{each.title} {each.path}")) for each in documents}
        names: dict[int, set[str]] = {}
        for term in self._candidates(question):
            size = sum(each.paragraphs for each in documents if term in named[each.id])
            if size and size >= _NAMING * self._lexical.count(term):
                names.setdefault(script_code(detect_script(term)), set()).add(term)
        return names

    def _candidates(self, question: str) -> Iterable[str]:
        """The terms of the question that may be names: of alphabets, words with a capital."""
        capitalized = set(terms(" ".join(capitalized_words(question))))
        restored = dict.fromkeys(terms(self._names.restore(question)))
        return [
            term
            for term in restored
            if len(term) > 1 and not term.isdigit() and (term in capitalized or not term.isascii())
        ]


def _is_about(stored: StoredParagraph, names: dict[int, set[str]]) -> bool:
    """Whether a passage has all names in its script, of its own or by its document."""
    wanted = names.get(script_code(stored.document.script))
    if not wanted:
        return True
    context = lexical_context(stored.document, stored.paragraph.section)
    return wanted <= set(terms(f"{context}\n{stored.text}"))
