"""Small folders of many kinds, made of public question sets, with questions to each.

A folder of a user's is seldom an encyclopaedia. The same facts are put here as articles, as FAQs
under headings and as tables, in one language or several, a few paragraphs or hundreds, with
questions that people wrote to look answerable and are not.
"""

from training.folders.collection import practice_folders
from training.folders.practice_folder import PracticeFolder, PracticeQuestion

__all__ = ["PracticeFolder", "PracticeQuestion", "practice_folders"]
