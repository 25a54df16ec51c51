"""What a question names: passages of other documents do not answer it.

A name is a word of a document's title or path that others hardly have: "Panjin", 临河. A question
with such a word is about the documents with that name, and about passages that have the word.
"""

from collections.abc import Sequence

import numpy as np

from rag.answering.anaphora import capitalized_words
from rag.arrays import BoolArray
from rag.documents.text.scripts import detect_script
from rag.index.corpus import StoredParagraph
from rag.index.generation import Generation
from rag.index.language_codes import script_code
from rag.index.lexical.terms import terms

#: A word is a name when at least this share of the paragraphs that have it are in documents with
#: it in their title or path.
_NAMING = 0.5


class Naming:
    """The names in questions about one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation) -> None:
        self._index = generation.candidates

    def about(self, question: str, found: Sequence[StoredParagraph]) -> list[bool]:
        """Which of the passages found are about what the question names; all of them where it
        names nothing.

        A name is asked for in documents of its script: others write it in another way.
        """
        rows = np.array([each.row for each in found], dtype=np.int64)
        scripts = np.array([script_code(each.document.script) for each in found])

        def has(term: str) -> BoolArray:
            other_script = scripts != script_code(detect_script(term))
            held: BoolArray = self._index.rows_have(rows, term) | other_script
            return held

        named = self._named(question, found)
        if not named:
            return [True] * len(found)
        about = np.any([np.all([has(term) for term in names], axis=0) for names in named], axis=0)
        return [bool(each) for each in about]

    def _named(self, question: str, found: Sequence[StoredParagraph]) -> list[frozenset[str]]:
        """The documents found that the question names: for each, the names of it that the question
        uses.

        A document that has only some of another's names is not named.
        """
        candidates = self._candidates(question)
        documents = {each.document.id: each.document for each in found}.values()
        words = [set(terms(f"{each.title} {each.path}")) for each in documents]
        counts = self._index.frequencies(candidates)
        names = set[str]()
        for term, count in zip(candidates, counts, strict=True):
            below = zip(documents, words, strict=True)
            size = sum(each.paragraphs for each, held in below if term in held)
            if size and size >= _NAMING * count:
                names.add(term)
        named = {frozenset(names & held) for held in words} - {frozenset()}
        return [each for each in named if not any(each < other for other in named)]

    def _candidates(self, question: str) -> list[str]:
        """The terms of the question that may be names: of alphabets, words with a capital."""
        capitalized = set(terms(" ".join(capitalized_words(question))))
        restored = dict.fromkeys(terms(self._index.restore_names(question)))
        return [
            term
            for term in restored
            if len(term) > 1 and not term.isdigit() and (term in capitalized or not term.isascii())
        ]
