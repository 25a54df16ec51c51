"""The files in a home beside the caches: generations, calibration, curated answers, and questions
that people asked.
"""

from pathlib import Path

from rag.answering.calibration import CALIBRATION_FILE
from rag.answering.curated import CURATED_FILE, CuratedPairs
from rag.index.generations import Store
from rag.serving.feedback import FeedbackStore
from rag.serving.questions import AskedQuestions
from rag.serving.questions.asked import QUESTIONS_FILE
from wenda.settings import Settings


def store_of(settings: Settings) -> Store:
    """The store of generations."""
    return Store(settings.home)


def calibration_file(settings: Settings) -> Path:
    return settings.home / CALIBRATION_FILE


def curated_pairs(settings: Settings) -> CuratedPairs:
    """The answers that were named by hand."""
    return CuratedPairs(settings.home / CURATED_FILE)


def feedback_store(settings: Settings) -> FeedbackStore:
    return FeedbackStore(settings.home / "feedback.sqlite")


def asked_questions(settings: Settings) -> AskedQuestions | None:
    """The questions without an answer; where none are to be kept, those of before are deleted."""
    path = settings.home / QUESTIONS_FILE
    if settings.questions_days:
        return AskedQuestions(path, settings.questions_days)
    if path.exists():
        kept = AskedQuestions(path, 0)
        kept.forget_all()
        kept.close()
    return None
