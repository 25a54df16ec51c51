"""Messages to be sent: styled text with buttons."""

from dataclasses import dataclass

from bot.presentation.markup import StyledText


@dataclass(frozen=True, slots=True)
class Button:
    """A button with its callback data, at most 64 bytes, or with an address to open."""

    label: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """One message of a reply."""

    runs: tuple[StyledText, ...]
    keyboard: Keyboard = ()


def text_part(text: str, keyboard: Keyboard = ()) -> ReplyPart:
    """A message of unstyled text."""
    return ReplyPart((StyledText(text),), keyboard)
