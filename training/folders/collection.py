"""All the folders that the confidence is fitted on."""

import random
from collections.abc import Iterator
from pathlib import Path

from training.folders.articles import articles, few_paragraphs, parallel_articles
from training.folders.exercise_folders import exercise_folders
from training.folders.faqs import faq
from training.folders.practice_folder import PracticeFolder, PracticeQuestion, put_together
from training.folders.question_items import QuestionItem, question_items
from training.folders.tables import table
from training.held_out import is_held_out

#: How many unrelated questions every folder is asked.
_STRANGERS = 30
_XQUAD = ("zh", "en", "tr", "hi", "el")
#: The languages of sets whose questions were asked of whole articles.
_ASKED = {"tydi_russian": "ru", "drcd_dev": "zh"}

Sets = dict[str, list[QuestionItem]]


def practice_folders(data: Path, seed: int = 7) -> Iterator[PracticeFolder]:
    """Folders of all kinds from the public sets in a folder, see its README; with questions from
    sets that take no other part.
    """
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    strangers = [
        PracticeQuestion(item.question, language, unrelated=True)
        for name, language in (("cmrc2018_trial", "zh"), ("reader/tydi_english", "en"))
        for item in question_items(data / f"{name}.json")[::7]
    ]
    for folder in _every(data, rng):
        folder.questions += rng.sample(strangers, _STRANGERS)
        yield folder


def _every(data: Path, rng: random.Random) -> Iterator[PracticeFolder]:
    """One after the other, since the random numbers go on from one to the next."""
    xquad = {each: question_items(data / f"xquad.{each}.json") for each in _XQUAD}
    sets = {
        name: [i for i in question_items(data / "reader" / f"{name}.json") if is_held_out(i.title)]
        for name in ("squad2_en", "squad2_zh", "tydi_russian")
    }
    sets["drcd_dev"] = question_items(data / "drcd_dev.json")[::5]
    yield from _encyclopaedias(xquad)
    yield from _natural(sets, rng)
    yield from _faqs(xquad)
    yield from _tables()
    yield from exercise_folders()


def _encyclopaedias(xquad: Sets) -> Iterator[PracticeFolder]:
    half = {each: [i for i in xquad[each] if i.number % 3 == 0] for each in _XQUAD}
    yield parallel_articles("mixed", {each: half[each] for each in ("zh", "en")}, halves=True)
    yield parallel_articles("mixed", {each: half[each][:150] for each in _XQUAD}, halves=False)
    for language in _XQUAD:
        yield articles("encyclopaedia", language, half[language])
        for asker in ("zh", "en", "tr"):
            if asker != language:
                gold = parallel_articles("across", {language: half[language][:240]}, halves=False)
                gold.questions = [
                    PracticeQuestion(item.question, asker, paths=own.paths)
                    for item, own in zip(half[asker][:240], gold.questions, strict=True)
                ]
                yield gold


def _natural(sets: Sets, rng: random.Random) -> Iterator[PracticeFolder]:
    """Questions that people asked without an answer before them, in folders of all sizes; only what
    the reader was not trained on, whose word would be too good.
    """
    for name, count in (("squad2_en", 300), ("squad2_zh", 400)):
        yield articles("people's unanswerable", name[-2:], sets[name][:count])
    for name, language in _ASKED.items():
        own, others = sets[name][:240], rng.sample(sets[name][240:500], 60)
        yield articles("searches", language, own, others)
    for size in (3, 3, 3, 3, 10, 10, 30):
        for name in ("squad2_en", "squad2_zh", "tydi_russian", "drcd_dev"):
            yield few_paragraphs(sets[name], _ASKED.get(name, name[-2:]), size, rng)


def _faqs(xquad: Sets) -> Iterator[PracticeFolder]:
    asked = ("zh", "en", "tr", "el")
    for heading in asked:
        yield faq("faq", {each: xquad[each] for each in asked}, heading, 30)
    both = (faq("faq", {each: xquad[each]}, each, 20) for each in ("zh", "en"))
    yield put_together("faq", *both)


def _tables() -> Iterator[PracticeFolder]:
    for seed, language in enumerate(("zh", "en", "de", "ru") * 2):
        yield table(language, seed)
    yield put_together("table", table("zh", 20), table("en", 21), table("de", 22))
