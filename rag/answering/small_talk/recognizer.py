"""Tells what people say to a bot from what they ask of the documents."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Self, get_args

import numpy as np

from rag.arrays import FloatArray

SmallTalk = Literal[
    "greeting", "thanks", "farewell", "acknowledgement", "about", "help", "documents", "news"
]
KINDS: tuple[SmallTalk, ...] = get_args(SmallTalk)
UTTERANCES_FILE = "utterances.toml"
WEIGHTS_FILE = "weights.npz"
_NOT_WORD = re.compile(r"[\W_]+")


def known_utterances() -> dict[str, SmallTalk]:
    """Utterances that are known by heart, in many languages, with their kinds."""
    content = files(__package__).joinpath(UTTERANCES_FILE).read_text(encoding="utf-8")
    return {text: kind for kind, texts in tomllib.loads(content).items() for text in texts}
