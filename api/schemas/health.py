"""Liveness and readiness."""

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"
    version: str


class Readiness(BaseModel):
    """Questions are answered. `problem` says why a newer index is not served, null if none is."""

    status: Literal["ready"] = "ready"
    generation: str
    bot: str
    problem: str | None
