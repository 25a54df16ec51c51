"""What the fake Telegram does for each method, and what it refuses."""

import json
import re
import time
from typing import Any

from tests.bot.telegram_html import Marked, RefusedError, parse, units
from tests.bot.telegram_world import BOT, Chat, Message, World

_LONGEST = 4096
_QUERY_SECONDS = 30.0
_LABEL_BUTTONS = 100
#: Bytes of a file that bots may download.
_LARGEST_FILE = 20_000_000
_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"

#: The parameters of each method; any other is a mistake of the bot.
METHODS: dict[str, set[str]] = {
    "getMe": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {"url", "secret_token", "allowed_updates", "max_connections"},
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "sendMessage": {
        *("chat_id", "text", "parse_mode", "reply_markup", "reply_parameters"),
        *("message_thread_id", "link_preview_options", "entities"),
    },
    "editMessageText": {
        *("chat_id", "message_id", "text", "parse_mode", "reply_markup"),
        *("link_preview_options", "entities"),
    },
    "deleteMessage": {"chat_id", "message_id"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert"},
    "answerInlineQuery": {"inline_query_id", "results", "cache_time", "is_personal"},
    "getFile": {"file_id"},
    "sendChatAction": {"chat_id", "action", "message_thread_id"},
    "setMyCommands": {"commands", "scope", "language_code"},
}


def answer_to(world: World, method: str, parameters: dict[str, Any]) -> Any:
    """The result of a method. Raises RefusedError."""
    unknown = set(parameters) - METHODS[method]
    if unknown:
        world.violations.append(f"{method} has no {unknown}")
    return _DOING[method](world, parameters)


def _get_me(_world: World, _given: dict[str, Any]) -> dict[str, Any]:
    return {
        **BOT,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
    }


def _set_webhook(world: World, given: dict[str, Any]) -> bool:
    secret = str(given.get("secret_token", ""))
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise RefusedError("Bad Request: secret token contains unallowed characters")
    allowed = given.get("allowed_updates", [])
    world.webhook = {"url": given["url"], "secret": secret, "error": "", "allowed": allowed}
    return True


def _delete_webhook(world: World, _given: dict[str, Any]) -> bool:
    world.webhook = {"url": "", "secret": "", "error": "", "allowed": []}
    return True


def _webhook_info(world: World, _given: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": world.webhook["url"],
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
        "allowed_updates": world.webhook["allowed"],
    }


def _send_message(world: World, given: dict[str, Any]) -> dict[str, Any]:
    chat = _chat(world, given)
    marked, keyboard = _content(given)
    reply = given.get("reply_parameters")
    other = world.find(chat.id, reply["message_id"]) if reply else None
    if reply and other is None and not reply.get("allow_sending_without_reply"):
        raise RefusedError("Bad Request: message to be replied not found")
    thread = given.get("message_thread_id")
    if thread is not None and thread not in chat.topics:
        raise RefusedError("Bad Request: message thread not found")
    message = Message(
        world.number(chat), chat, BOT, marked, int(time.time()), keyboard, other, thread
    )
    world.add_message(message)
    return message.to_json()


def _edit_message(world: World, given: dict[str, Any]) -> dict[str, Any]:
    chat = _chat(world, given)
    message = world.find(chat.id, int(given["message_id"]))
    if message is None:
        raise RefusedError("Bad Request: message to edit not found")
    if not message.sender["is_bot"]:
        raise RefusedError("Bad Request: message can't be edited")
    marked, keyboard = _content(given)
    if (marked, keyboard) == (message.marked, message.keyboard):
        raise RefusedError(_SAME)
    world.change(message, marked, keyboard)
    return message.to_json()


def _delete_message(world: World, given: dict[str, Any]) -> bool:
    chat = _chat(world, given)
    message = world.find(chat.id, int(given["message_id"]))
    if message is None:
        raise RefusedError("Bad Request: message to delete not found")
    world.remove(message)
    return True


def _answer_callback(world: World, given: dict[str, Any]) -> bool:
    if units(str(given.get("text", ""))) > 200:
        raise RefusedError("Bad Request: MESSAGE_TOO_LONG")
    _query(world, str(given["callback_query_id"]))
    world.answers[str(given["callback_query_id"])] = given
    return True


def _answer_inline(world: World, given: dict[str, Any]) -> bool:
    results = given["results"]
    identities = [result["id"] for result in results]
    if len(results) > 50:
        raise RefusedError("Bad Request: RESULTS_TOO_MUCH")
    if len(set(identities)) != len(identities):
        raise RefusedError("Bad Request: RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64 or not result.get("title"):
            raise RefusedError("Bad Request: RESULT_ID_INVALID")
        content = result["input_message_content"]
        result["shown"] = _marked(content["message_text"], content.get("parse_mode")).text
    _query(world, str(given["inline_query_id"]))
    world.answers[str(given["inline_query_id"])] = given
    return True


def _query(world: World, query: str) -> None:
    """A query that may still be answered, and was not answered yet."""
    asked = world.queries.pop(query, None)
    if asked is None or time.monotonic() - asked > _QUERY_SECONDS:
        raise RefusedError(_OLD)


def _get_file(world: World, given: dict[str, Any]) -> dict[str, Any]:
    file = str(given["file_id"])
    content = world.files.get(file)
    if content is None:
        raise RefusedError("Bad Request: wrong file_id or the file is temporarily unavailable")
    if len(content) > _LARGEST_FILE:
        raise RefusedError("Bad Request: file is too big")
    path = f"documents/{file}"
    return {
        "file_id": file,
        "file_unique_id": f"u{file}",
        "file_size": len(content),
        "file_path": path,
    }


def _chat_action(world: World, given: dict[str, Any]) -> bool:
    if given["action"] != "typing":
        raise RefusedError("Bad Request: wrong parameter action in request")
    chat = _chat(world, given)
    world.typing.append((chat.id, given.get("message_thread_id")))
    return True


def _set_commands(world: World, given: dict[str, Any]) -> bool:
    commands = given["commands"]
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise RefusedError("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise RefusedError("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    scope = given.get("scope", {"type": "default"})
    if scope["type"] == "chat":
        _chat(world, scope)
    code = str(given.get("language_code", ""))
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise RefusedError("Bad Request: invalid language code specified")
    world.menus[json.dumps(scope, sort_keys=True), code] = commands
    return True


def _chat(world: World, given: dict[str, Any]) -> Chat:
    chat = world.chats.get(int(given["chat_id"]))
    if chat is None:
        raise RefusedError("Bad Request: chat not found")
    if chat.blocked:
        raise RefusedError("Forbidden: bot was blocked by the user", 403)
    return chat


def _content(given: dict[str, Any]) -> tuple[Marked, list[list[dict[str, Any]]]]:
    marked = _marked(str(given.get("text", "")), given.get("parse_mode"))
    return marked, _keyboard(given.get("reply_markup"))


def _marked(text: str, mode: str | None) -> Marked:
    if mode not in (None, "HTML"):
        raise RefusedError("Bad Request: unsupported parse_mode")
    marked = parse(text) if mode == "HTML" else Marked(text.strip())
    if not marked.text:
        raise RefusedError("Bad Request: message text is empty")
    if units(marked.text) > _LONGEST:
        raise RefusedError("Bad Request: message is too long")
    return marked


def _keyboard(markup: dict[str, Any] | None) -> list[list[dict[str, Any]]]:
    if not markup:
        return []
    rows: list[list[dict[str, Any]]] = markup["inline_keyboard"]
    if sum(map(len, rows)) > _LABEL_BUTTONS:
        raise RefusedError("Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        kinds = set(button) - {"text"}
        if len(kinds) != 1 or not button["text"].strip():
            raise RefusedError("Bad Request: can't parse inline keyboard button")
        if "callback_data" in kinds and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise RefusedError("Bad Request: BUTTON_DATA_INVALID")
        if "url" in kinds and not re.match(r"(https?|tg)://[\w.-]+", button["url"]):
            raise RefusedError("Bad Request: BUTTON_URL_INVALID")
    return [row for row in rows if row]


_DOING = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "sendMessage": _send_message,
    "editMessageText": _edit_message,
    "deleteMessage": _delete_message,
    "answerCallbackQuery": _answer_callback,
    "answerInlineQuery": _answer_inline,
    "getFile": _get_file,
    "sendChatAction": _chat_action,
    "setMyCommands": _set_commands,
}
