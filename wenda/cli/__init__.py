"""The command `wenda`: its commands and options. The imports of a command wait until it runs."""

from wenda.cli.asking import ask, evaluate, questions
from wenda.cli.indexes import backup, index, info, restore, rollback
from wenda.cli.serving import bot, mcp, serve
from wenda.console import app

#: Every command with its name and an example, as --help lists them.
_COMMANDS = (
    (index, "index", "wenda index --seeds ~/reports --home ~/reports-index"),
    (ask, "ask", 'wenda ask "盘锦市今年新增创业多少人？"'),
    (evaluate, "eval", "wenda eval questions.jsonl --json"),
    (serve, "serve", "wenda serve --port 8080"),
    (mcp, "mcp", "wenda mcp --seeds ~/reports --home ~/reports-index"),
    (bot, "bot", "TELEGRAM_BOT_TOKEN=… wenda bot"),
    (info, "info", "wenda info --verify"),
    (rollback, "rollback", "wenda rollback"),
    (backup, "backup", "wenda backup /mnt/backups/wenda.tar"),
    (restore, "restore", "wenda restore /mnt/backups/wenda.tar --home ~/reports-index"),
    (questions, "questions", "wenda questions --again"),
)

for _command, _name, _example in _COMMANDS:
    app.command(_name, epilog=f"Example: {_example}")(_command)


def main() -> None:
    """The console command."""
    app()
