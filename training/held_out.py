"""Articles and sets that no network of ours is trained on, so that they can measure it."""

#: Parts of the names of articles, in both languages of SQuAD 2.0; and a set, a language by itself.
_ARTICLES = ("哈佛", "Harvard", "华沙", "Warsaw", "施工", "Construction", "tydi_russian")
#: Kinds of reading exercises, whole.
_KINDS = (
    "FAQ page",
    "changelog",
    "comparison table",
    "emergency plan",
    "environment variables",
    "invoice",
    "meeting minutes",
    "newsletter",
    "opening hours",
    "recipe",
    "rental agreement",
    "staff directory",
    "subsidy policy",
    "travel guide",
    "troubleshooting page",
    "village history",
    "warranty card",
)


def is_held_out(name: str) -> bool:
    """Whether an article, named `set/title`, is one of them."""
    if name.startswith("exercises/"):
        return name.removeprefix("exercises/") in _KINDS
    return any(part in name for part in _ARTICLES)
