"""Articles and sets that no network of ours is trained on, so that they can measure it."""

#: Parts of the names of articles, in both languages of SQuAD 2.0; and a set, a language by itself.
HELD_OUT = ("哈佛", "Harvard", "华沙", "Warsaw", "施工", "Construction", "tydi_russian")


def is_held_out(name: str) -> bool:
    """Whether an article, named `set/title`, is one of them."""
    return any(part in name for part in HELD_OUT)
