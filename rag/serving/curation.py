"""Curated answers as they are made and handed on: a sentence by its place, a question file."""

import json
from collections.abc import Sequence

from rag.answering.curated import LocatedPair
from rag.answering.curated.matching import whole_sentences
from rag.index.generation import Generation

__all__ = ["LocatedPair", "exported_questions", "sentence_of"]


def sentence_of(
    generation: Generation, document: str, start: int, end: int
) -> tuple[str, str] | None:
    """The path of a document and the text between two offsets into it; None where these are not
    those of whole sentences of one paragraph.
    """
    found = generation.corpus.document(document)
    if found is None or not 0 <= start < end <= len(found.text):
        return None
    text = found.text[start:end]
    held = (
        whole_sentences(stored, text) is not None
        for stored in generation.corpus.paragraphs_with(found.path, text)
        if stored.document.id == document
    )
    return (found.path, text) if any(held) else None


def exported_questions(located: Sequence[LocatedPair]) -> str:
    """Every question with the sentence that answers it, as JSON Lines for `wenda eval`; what has
    expired is left out.
    """
    lines = [
        {"question": question, "must": [each.pair.sentence], "document": each.pair.path}
        for each in located
        if each.quote is not None
        for question in each.pair.questions
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
