"""Which messages are addressed to the bot, and the question in each."""

import re
from dataclasses import dataclass

from telegram import Document, Message, MessageEntity
from telegram.constants import ChatType

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]+)(?:@(?P<bot>\w+))?(?:\s+|$)")
#: All commands; words/ describes each but the first.
COMMANDS = ("start", "ask", "in", "sources", "new", "lang", "about", "privacy", "help")
ADMIN_COMMANDS = ("reindex", "stats", "unanswered")
_OWN_COMMANDS = frozenset(COMMANDS + ADMIN_COMMANDS)
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The bot's own number and name."""

    id: int
    username: str


def is_group(message: Message) -> bool:
    return message.chat.type in _GROUPS


def command(message: Message, me: BotIdentity) -> str | None:
    """The command at the start of a text or caption, in lower case; None without one for this bot.

    In a group, an unknown command that names no bot may be meant for another bot.
    """
    match = _COMMAND.match(_text(message))
    if match is None or (match["bot"] or me.username).lower() != me.username.lower():
        return None
    name = match["name"].lower()
    return name if match["bot"] or name in _OWN_COMMANDS or not is_group(message) else None


def is_addressed(message: Message, me: BotIdentity) -> bool:
    """Whether a message is for the bot: in private all, in groups those that mention it."""
    if not _is_from_person(message) or _is_inline_result(message, me):
        return False
    if message.chat.type == ChatType.PRIVATE:
        return _has_content(message)
    if not is_group(message):
        return False
    if _COMMAND.match(_text(message)):
        return command(message, me) is not None
    return _replies_to(message, me) or any(_names(message, me))


def question(message: Message, me: BotIdentity) -> str:
    """The question in a message, without the command and the bot's name.

    A bare `/ask` in reply to another message asks the text of that message.
    """
    text = _text(message)
    match = _COMMAND.match(text)
    if match is not None and command(message, me) == "ask":
        asked = text[match.end() :].strip()
        if not asked and message.reply_to_message is not None:
            return _text(message.reply_to_message).strip()
        return asked
    if is_group(message):
        for name in _names(message, me):
            text = text.replace(name, " ", 1)
    return text.strip()


def document_of(message: Message) -> Document | None:
    """The file of a message in a private chat that a person sent as a document.

    Telegram sends animations as documents too.
    """
    if message.chat.type != ChatType.PRIVATE or message.animation is not None:
        return None
    return message.document if _is_from_person(message) else None


def argument(message: Message) -> str:
    """What stands after a command."""
    match = _COMMAND.match(_text(message))
    return _text(message)[match.end() :].strip() if match is not None else ""


def replied(message: Message, me: BotIdentity) -> int | None:
    """The number of the bot's message that this one replies to."""
    if message.reply_to_message is None or not _replies_to(message, me):
        return None
    return message.reply_to_message.message_id


def has_text(message: Message) -> bool:
    return bool(_text(message))


def _text(message: Message) -> str:
    return message.text or message.caption or ""


def _names(message: Message, me: BotIdentity) -> list[str]:
    """The places of a text that mention the bot."""
    entities = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    entities |= message.parse_caption_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return [
        text
        for entity, text in entities.items()
        if (entity.user is not None and entity.user.id == me.id)
        or text.lower() == f"@{me.username.lower()}"
    ]


def _replies_to(message: Message, me: BotIdentity) -> bool:
    """Whether it replies to the bot. In a topic, every message replies to the topic's start."""
    other = message.reply_to_message
    if other is None or other.from_user is None or other.forum_topic_created is not None:
        return False
    return other.from_user.id == me.id


def _is_from_person(message: Message) -> bool:
    """Whether a person wrote it, be it as a channel or as the group itself.

    Telegram sends those with a bot of its own as the sender.
    """
    if message.sender_chat is not None:
        # Telegram forwards the posts of a channel to its group: nobody asked those.
        return not message.is_automatic_forward
    return message.from_user is not None and not message.from_user.is_bot


def _is_inline_result(message: Message, me: BotIdentity) -> bool:
    return message.via_bot is not None and message.via_bot.id == me.id


def _has_content(message: Message) -> bool:
    """Whether it has content of a person, unlike service messages about the chat."""
    if _text(message):
        return True
    # Of an album only the item with the caption counts.
    return message.media_group_id is None and message.effective_attachment is not None
