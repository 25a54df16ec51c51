"""The chats, people, messages and pending updates of the fake Telegram."""

import threading
import time
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from tests.bot.telegram_html import Marked, units

BOT = {"id": 123456789, "is_bot": True, "first_name": "问答", "username": "wenda_bot"}
_FIRST_SUPERGROUP = -1_000_000_000_000


@dataclass
class Chat:
    """A private chat or a group. With `privacy`, a bot sees only what is meant for it."""

    id: int
    type: str
    title: str = ""
    topics: set[int] = field(default_factory=set)
    privacy: bool = True
    members: list["Person"] = field(default_factory=list)
    blocked: bool = False

    def to_json(self) -> dict[str, Any]:
        named = {"title": self.title} if self.type != "private" else {"first_name": self.title}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.type, **named, **forum}


@dataclass
class Message:
    """A message; `versions` are what it said before, oldest first."""

    id: int
    chat: Chat
    sender: dict[str, Any]
    marked: Marked
    date: int
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    reply_to: "Message | None" = None
    thread: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    versions: list["Message"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.marked.text

    def marked_as(self, kind: str) -> list[str]:
        """The stretches of the text that carry an entity of a kind."""
        data = self.text.encode("utf-16-le")
        return [
            data[each["offset"] * 2 : (each["offset"] + each["length"]) * 2].decode("utf-16-le")
            for each in self.marked.entities
            if each["type"] == kind
        ]

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons."""
        return [button["text"] for row in self.keyboard for button in row]

    def to_json(self, *, deep: bool = True) -> dict[str, Any]:
        made: dict[str, Any] = {
            "message_id": self.id,
            "from": self.sender,
            "chat": self.chat.to_json(),
            "date": self.date,
            **self.extra,
        }
        key, entities = (
            ("caption", "caption_entities")
            if {"photo", "document"} & set(made)
            else ("text", "entities")
        )
        if self.text:
            made[key] = self.text
        if self.marked.entities:
            made[entities] = [
                {**each, "type": _shown(each["type"])} for each in self.marked.entities
            ]
        if self.keyboard:
            made["reply_markup"] = {"inline_keyboard": self.keyboard}
        if self.thread is not None:
            made |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.reply_to is not None and deep:
            made["reply_to_message"] = self.reply_to.to_json(deep=False)
        return made


@dataclass(frozen=True)
class Person:
    """Somebody who uses Telegram."""

    id: int
    first_name: str
    language_code: str | None
    world: "World" = field(repr=False, compare=False, hash=False)

    def to_json(self) -> dict[str, Any]:
        code = {"language_code": self.language_code} if self.language_code else {}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **code}

    @property
    def chat(self) -> Chat:
        return self.world.chats[self.id]

    def say(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        **extra: Any,
    ) -> Message:
        """Sends a message; `extra` are fields of the message, such as a photo."""
        return self.world.receive(self, chat or self.chat, text, reply_to, thread, extra)

    def send_file(self, name: str | None, content: bytes, text: str = "", **extra: Any) -> Message:
        """Sends a file as a document, `text` as its caption."""
        with self.world.changed:
            file = f"file{next(self.world.numbers)}"
            self.world.files[file] = content
        document = {"file_id": file, "file_unique_id": f"u{file}", "file_size": len(content)}
        named = {"file_name": name} if name is not None else {}
        return self.say(text, document={**document, **named}, **extra)

    def edit(self, message: Message, text: str) -> None:
        """Edits one's message."""
        with self.world.changed:
            message.marked = Marked(text, tuple(_entities(text)))
            content = {**message.to_json(), "edit_date": int(time.time())}
            self.world.update("edited_message", content)

    def press(self, message: Message, label: str) -> str:
        """Presses the first button whose label holds this; the number of the query."""
        buttons = [b for row in message.keyboard for b in row if label in b["text"]]
        assert buttons, f"{label!r} is not among {message.labels}"
        return self.send_data(message, buttons[0]["callback_data"])

    def send_data(self, message: Message, data: str) -> str:
        """Sends what a button carries."""
        with self.world.changed:
            query = str(next(self.world.numbers))
            self.world.queries[query] = time.monotonic()
            content = {"id": query, "from": self.to_json(), "message": message.to_json()}
            self.world.update("callback_query", {**content, "chat_instance": "1", "data": data})
        return query

    def type_inline(self, text: str) -> str:
        """Types after the bot's name in some chat; the number of the query."""
        with self.world.changed:
            query = str(next(self.world.numbers))
            self.world.queries[query] = time.monotonic()
            content = {"id": query, "from": self.to_json(), "query": text, "offset": ""}
            self.world.update("inline_query", content)
        return query


class World:
    """Everything behind one lock, `changed`."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self.chats: dict[int, Chat] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.updates: list[dict[str, Any]] = []
        self.queries: dict[str, float] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.typing: list[tuple[int, int | None]] = []
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {"url": "", "secret": "", "error": "", "allowed": []}
        self.numbers = count(1000)
        self.violations: list[str] = []
        #: The content of files, by the id that bots know them by.
        self.files: dict[str, bytes] = {}
        self._update = count(500_000)
        self._message = {0: count(1)}
        self._people = count(7_000_001)
        self._groups = count(1)

    def person(self, first_name: str = "小明", language_code: str | None = "zh-hans") -> Person:
        """Somebody who has opened a chat with the bot."""
        with self.changed:
            person = Person(next(self._people), first_name, language_code, self)
            self.chats[person.id] = Chat(person.id, "private", first_name)
            return person

    def group(self, title: str, *topics: int, privacy: bool = True, basic: bool = False) -> Chat:
        """A group that the bot is in."""
        with self.changed:
            number = next(self._groups)
            identity = -number if basic else _FIRST_SUPERGROUP - number
            kind = "group" if basic else "supergroup"
            chat = Chat(identity, kind, title, set(topics), privacy)
            self.chats[identity] = chat
            return chat

    def number(self, chat: Chat) -> int:
        """The next message's number: supergroups count for themselves."""
        key = chat.id if chat.id <= _FIRST_SUPERGROUP else 0
        return next(self._message.setdefault(key, count(1)))

    def receive(
        self,
        person: Person,
        chat: Chat,
        text: str,
        reply_to: Message | None,
        thread: int | None,
        extra: dict[str, Any],
    ) -> Message:
        with self.changed:
            message = Message(
                self.number(chat),
                chat,
                person.to_json(),
                Marked(text, tuple(_entities(text))),
                int(time.time()),
                reply_to=reply_to,
                thread=thread,
                extra=extra,
            )
            self.add_message(message)
            if _is_delivered(message):
                self.update("message", message.to_json())
            return message

    def update(self, kind: str, content: dict[str, Any]) -> None:
        with self.changed:
            self.updates.append({"update_id": next(self._update), kind: content})
            self.changed.notify_all()

    def confirm(self, parameters: dict[str, Any]) -> None:
        offset = int(parameters.get("offset", 0))
        self.updates = [each for each in self.updates if each["update_id"] >= offset]

    def undelivered(self) -> bool:
        return bool(self.updates)

    def find(self, chat: int, message: int) -> Message | None:
        return self.messages.get(chat, {}).get(message)

    def add_message(self, message: Message) -> None:
        self.messages.setdefault(message.chat.id, {})[message.id] = message

    def remove(self, message: Message) -> None:
        del self.messages[message.chat.id][message.id]

    def bot_messages(self, chat: Chat, after: Message | None = None) -> list[Message]:
        """What the bot wrote in a chat, after a message if one is given."""
        with self.changed:
            least = after.id if after is not None else 0
            return [
                each
                for each in self.messages.get(chat.id, {}).values()
                if each.sender["is_bot"] and each.id > least
            ]

    def change(self, message: Message, marked: Marked, keyboard: list[Any]) -> None:
        message.versions.append(replace(message, versions=[]))
        message.marked, message.keyboard = marked, keyboard


def _entities(text: str) -> list[dict[str, Any]]:
    """Commands and mentions, as Telegram finds them."""
    found = []
    at = 0
    for word in text.split(" "):
        name = word.rstrip("，。？！,.?!")
        if name.startswith(("/", "@")) and len(name) > 1:
            kind = "bot_command" if name.startswith("/") else "mention"
            if kind == "mention" or at == 0:
                found.append({"type": kind, "offset": at, "length": units(name)})
        at += units(word) + 1
    return found


def _is_delivered(message: Message) -> bool:
    if message.chat.type == "private" or not message.chat.privacy:
        return True
    other = message.reply_to
    return message.text.startswith("/") or (other is not None and other.sender["is_bot"])


def _shown(kind: str) -> str:
    return kind
