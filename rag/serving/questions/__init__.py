"""Questions without an answer, and answers that did not help, for the owner of the documents."""

from rag.serving.questions.asked import AskedQuestion, AskedQuestions, unanswered_in
from rag.serving.questions.review import (
    DislikedAnswer,
    QuestionGroup,
    QuestionReview,
    TriedQuestion,
)

__all__ = [
    "AskedQuestion",
    "AskedQuestions",
    "DislikedAnswer",
    "QuestionGroup",
    "QuestionReview",
    "TriedQuestion",
    "unanswered_in",
]
