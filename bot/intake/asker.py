"""Who wrote an update, where, and in which language they are spoken to."""

from dataclasses import dataclass

from telegram import Message, Update, User

from bot.intake.addressing import is_group
from bot.state import BotState
from bot.telegram.delivery import ReplyTarget
from words import Words, words_for_reader


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in a chat, or the channel or group that they write as.

    `asked` is the number of their message, None for a button.
    """

    user: int
    name: str
    words: Words
    target: ReplyTarget
    asked: int | None

    @property
    def conversation(self) -> tuple[int, int, int]:
        """The chat, topic and person that follow-ups belong to."""
        return self.target.chat, self.target.thread or 0, self.user


def asker_of(update: Update, state: BotState) -> Asker:
    """The asker of an update that has a person, and a message that can be replied to."""
    sender, chat, message = update.effective_sender, update.effective_chat, update.effective_message
    if sender is None or chat is None:
        raise ValueError(f"Update {update.update_id} has no person or chat")
    pressed = update.callback_query is not None
    in_group = isinstance(message, Message) and is_group(message)
    return Asker(
        user=sender.id,
        name=(sender.first_name if isinstance(sender, User) else sender.title) or "",
        words=words_for_reader(
            sender.language_code if isinstance(sender, User) else None,
            state.people.chosen_language(sender.id),
        ),
        target=ReplyTarget(
            update=update.update_id,
            chat=chat.id,
            thread=_thread(message),
            reply_to=message.message_id if in_group and message and not pressed else None,
        ),
        asked=message.message_id if message is not None and not pressed else None,
    )


def _thread(message: Message | None) -> int | None:
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
