"""Lets a language model write from the quotations of an answer, and checks what it writes."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from rag.answering.answer import Answer, Written, WrittenSentence
from rag.answering.writing.checking import SentenceChecker
from rag.answering.writing.draft import CitedSentence, Draft
from rag.answering.writing.prompt import messages_for
from rag.errors import WriterError

_LOGGER = logging.getLogger(__name__)
#: How many answers are written at once; further ones are quotations alone.
_AT_ONCE = 4
#: Seconds for which a server that was not there is not asked again.
_REST = 20.0
#: Four sentences are far shorter.
_LONGEST = 6_000
_SLOW = (
    "The language model took longer than {:g} seconds, so the quotations stand alone. Give it more "
    "(WENDA_WRITER_SECONDS), or use a faster one."
)
_ENDLESS = "The language model wrote more than {} characters, so the quotations stand alone."

Message = dict[str, str]


class ChatModel(Protocol):
    """A language model that answers in a chat."""

    def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """Its text in pieces, to the end. Raises WriterError where it cannot be had whole."""


class Writer:
    """Writes in one event loop. `note_outcome` is called with the outcome of each answer:
    `written`, `withdrawn` where little was held, `failed`, `busy`.
    """

    def __init__(self, model: ChatModel, seconds: float = 30.0) -> None:
        """`seconds` is the time that writing an answer may take in all."""
        self._model = model
        self._seconds = seconds
        self._writing = 0
        self._rest_until = 0.0
        self.note_outcome: Callable[[str], None] = lambda _outcome: None

    def may_write(self, answer: Answer) -> bool:
        """Whether there is anything to write from, and somebody to write it now."""
        if not answer.answered or not answer.citations:
            return False
        busy = self._writing >= _AT_ONCE or time.monotonic() < self._rest_until
        if busy:
            self.note_outcome("busy")
        return not busy

    async def write(
        self, answer: Answer, checker: SentenceChecker
    ) -> AsyncGenerator[Written, None]:
        """What is written so far, with each sentence that its citations hold. The last one is
        `finished`; without such a one nothing was written, and the quotations stand alone.
        """
        until = time.monotonic() + self._seconds
        so_far = Written((), finished=False)
        lengths = Counter[bool]()
        self._writing += 1
        try:
            async with aclosing(self._sentences(answer, until)) as sentences:
                async for sentence in sentences:
                    held = await asyncio.to_thread(_is_held, sentence, answer, checker)
                    lengths[held] += len(sentence.text)
                    so_far = _with(so_far, sentence, held=held)
                    if held:
                        yield so_far
        except WriterError as error:
            if error.unreachable:
                self._rest_until = time.monotonic() + _REST
            _LOGGER.warning("%s", error)
            self.note_outcome("failed")
            return
        finally:
            self._writing -= 1
        # Where more was left out than is left, the rest is torn from what it was written with.
        is_enough = lengths[True] > lengths[False]
        self.note_outcome("written" if is_enough else "withdrawn")
        if is_enough:
            yield replace(so_far, finished=True)

    async def _sentences(self, answer: Answer, until: float) -> AsyncGenerator[CitedSentence, None]:
        """The sentences of the model. Raises WriterError, after `until` too."""
        draft = Draft()
        async with aclosing(self._model.stream(messages_for(answer))) as pieces:
            while (piece := await self._next(pieces, until)) is not None:
                for sentence in draft.add_piece(piece):
                    yield sentence
                if draft.length > _LONGEST:
                    raise WriterError(_ENDLESS.format(_LONGEST))
        for sentence in draft.end():
            yield sentence

    async def _next(self, pieces: AsyncGenerator[str, None], until: float) -> str | None:
        try:
            return await asyncio.wait_for(anext(pieces, None), until - time.monotonic())
        except TimeoutError:
            raise WriterError(_SLOW.format(self._seconds)) from None


def _is_held(sentence: CitedSentence, answer: Answer, checker: SentenceChecker) -> bool:
    quotes = {each.id: each.quote for each in answer.citations}
    if not sentence.numbers or not quotes.keys() >= set(sentence.numbers):
        return False
    return checker.fault(sentence.text, [quotes[number] for number in sentence.numbers]) is None


def _with(so_far: Written, sentence: CitedSentence, *, held: bool) -> Written:
    if not held:
        return replace(so_far, dropped=so_far.dropped + 1)
    added = WrittenSentence(sentence.text, sentence.numbers)
    return replace(so_far, sentences=(*so_far.sentences, added))
