"""Who sent an update, in which chat, and in which language they are answered."""

import hashlib
from dataclasses import dataclass

from telegram import Chat, Message, Update, User

from bot.intake.addressing import is_group
from bot.state import BotState
from bot.state.people import Conversation
from bot.telegram.delivery import ReplyTarget
from words import Words, words_for_reader


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in a chat, or the channel or group that they write as.

    `asked` is the number of their message, None for a button. `telegram_language` is an IETF tag.
    """

    user: int
    name: str
    words: Words
    target: ReplyTarget
    asked: int | None
    telegram_language: str | None

    @property
    def conversation(self) -> Conversation:
        """The chat, topic and person that follow-ups belong to."""
        return self.target.chat, self.target.thread or 0, self.user


def asker_of(update: Update, state: BotState) -> Asker:
    """The asker of an update. Raises ValueError for an update without a sender or chat."""
    sender, chat, message = update.effective_sender, update.effective_chat, update.effective_message
    if sender is None or chat is None:
        raise ValueError(f"Update {update.update_id} has no person or chat")
    pressed = update.callback_query is not None
    in_group = isinstance(message, Message) and is_group(message)
    return Asker(
        user=sender.id,
        name=(sender.first_name if isinstance(sender, User) else sender.title) or "",
        words=words_of(sender, state),
        target=ReplyTarget(
            update=update.update_id,
            chat=chat.id,
            thread=_thread(message),
            reply_to=message.message_id if in_group and message and not pressed else None,
        ),
        asked=message.message_id if message is not None and not pressed else None,
        telegram_language=_telegram_language(sender),
    )


def identity(asker: Asker) -> str:
    """The id of an answer; the same when an update is processed again after a restart."""
    named = f"{asker.target.update} {asker.target.chat} {asker.user}"
    return hashlib.blake2b(named.encode(), digest_size=8).hexdigest()


def feedback_user(user: int) -> str:
    """The user id under which feedback and questions without an answer are stored."""
    return f"telegram:{user}"


def words_of(sender: User | Chat, state: BotState) -> Words:
    """The words of the language that a sender chose, else of the language of their Telegram.

    Telegram may leave the language code out; then the last known one is used.
    """
    people = state.people
    tag = _telegram_language(sender) or people.telegram_language(sender.id)
    return words_for_reader(tag, people.chosen_language(sender.id))


def _telegram_language(sender: User | Chat) -> str | None:
    return sender.language_code if isinstance(sender, User) else None


def _thread(message: Message | None) -> int | None:
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
