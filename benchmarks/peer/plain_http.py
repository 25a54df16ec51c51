"""The plain stack behind FastAPI, for benchmarks/load.py:

python -m benchmarks.peer.plain_http MODEL PASSAGES [PORT]
"""

import json
import sys
import threading
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.peer.plain import build


class HttpQuestion(BaseModel):
    """A question, as Wenda's /ask takes it."""

    question: str
    top_k: int = 5


def main() -> None:
    passages: list[str] = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    answer = build(sys.argv[1], passages)
    one = threading.Lock()  # torch already uses every core for one question
    app = FastAPI()

    @app.post("/ask")
    def ask(asked: HttpQuestion) -> dict[str, str]:
        with one:
            return {"answer": passages[answer(asked.question)]}

    port = int(sys.argv[3]) if len(sys.argv) > 3 else 8001
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
