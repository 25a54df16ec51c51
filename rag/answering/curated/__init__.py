"""Sentences that whoever owns the documents has named as the answer to some questions."""

from rag.answering.curated.matching import CuratedMatcher, LocatedPair
from rag.answering.curated.pairs import CURATED_FILE, CuratedPair, CuratedPairs

__all__ = ["CURATED_FILE", "CuratedMatcher", "CuratedPair", "CuratedPairs", "LocatedPair"]
