"""Messages as they are sent: text in styles, with buttons."""

from dataclasses import dataclass

from bot.presentation.markup import StyledText


@dataclass(frozen=True, slots=True)
class Button:
    """A button with what it sends back, at most 64 bytes, or where it leads."""

    label: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """One message."""

    runs: tuple[StyledText, ...]
    keyboard: Keyboard = ()


def text_part(text: str, keyboard: Keyboard = ()) -> ReplyPart:
    """A plain message."""
    return ReplyPart((StyledText(text),), keyboard)
