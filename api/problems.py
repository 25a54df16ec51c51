"""What goes wrong, as HTTP says it: RFC 9457 problem details with a code and the next step."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Scope

from rag.errors import QuestionError, StoreError, WendaError

MEDIA_TYPE = "application/problem+json"
_SCHEMA = "/openapi.json describes every field."
#: Faults named in one answer.
_NAMED = 10


class Fault(BaseModel):
    """One thing in a request that cannot be used."""

    where: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is for programs, `detail` says what to do next."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Unprocessable Entity",
                "status": 422,
                "detail": "The question is empty. Type what you would like to know.",
                "code": "question",
                "instance": "/ask",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    errors: list[Fault] | None = None


class Refusal(Exception):  # noqa: N818 - what is done, not what went wrong
    """A request that is not served. `members` are further members of the problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def refusal(error: Exception) -> Refusal:
    """The status and the words for an error, whatever it is; nothing of its inside for others."""
    match error:
        case Refusal():
            return error
        case QuestionError():
            return Refusal(422, "question", str(error))
        case StoreError():
            return Refusal(503, "unavailable", str(error), headers={"Retry-After": "5"})
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _plain(error)
        case WendaError():
            return Refusal(503, "unavailable", str(error), headers={"Retry-After": "30"})
    return Refusal(500, "internal", "Something unexpected went wrong. The server's log says more.")


def respond(scope: Scope, refused: Refusal) -> JSONResponse:
    """The problem as a response to the request of that scope."""
    path = quote(scope["path"], safe="/%:@!$&'()*+,;=~-._")
    content: dict[str, object] = {
        "type": "about:blank",
        "title": _title(refused.status),
        "status": refused.status,
        "detail": refused.detail,
        "code": refused.code,
        "instance": path,
        **refused.members,
    }
    if path.removeprefix(scope.get("root_path", "")).startswith("/v1/"):
        content["error"] = _for_openai(refused)
    return JSONResponse(content, refused.status, refused.headers, MEDIA_TYPE)


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """The exception handler of the application, for every kind of error."""
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        error.headers = {"Allow": ", ".join(_methods(request))}
    refused = refusal(error)
    request.scope["wenda.code"] = refused.code
    return respond(request.scope, refused)


def _methods(request: Request) -> list[str]:
    """All methods of an address; the framework names those of one of its routes."""
    return [
        method
        for method in ("GET", "HEAD", "POST")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Client Closed Request"


def _for_openai(refused: Refusal) -> dict[str, object]:
    kind = "invalid_request_error" if refused.status < 500 else "server_error"
    return {"message": refused.detail, "type": kind, "param": None, "code": refused.code}


def _invalid(error: RequestValidationError) -> Refusal:
    """Names each fault; what was sent is not repeated."""
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"]), "message": str(fault["msg"])}
        for fault in error.errors()[:_NAMED]
    ]
    first = f"{faults[0]['where']}: {faults[0]['message']}" if faults else "it is malformed"
    detail = f"The request cannot be used: {first}. Correct it and send it again; {_SCHEMA}"
    return Refusal(422, "invalid_request", detail, members={"errors": faults})


def _plain(error: HTTPException) -> Refusal:
    """What the framework refuses by itself."""
    headers = dict(error.headers or {})
    match error.status_code:
        case 404:
            words = f"There is nothing at this address. {_SCHEMA.replace('field', 'route')}"
            return Refusal(404, "not_found", words, headers=headers)
        case 405:
            words = f"This address takes only {headers.get('Allow', 'other methods')}."
            return Refusal(405, "method_not_allowed", words, headers=headers)
        case 400:
            words = f"The body cannot be read. Send JSON in UTF-8, not nested deep; {_SCHEMA}"
            return Refusal(400, "bad_request", words, headers=headers)
    code = _title(error.status_code).lower().replace(" ", "_")
    return Refusal(error.status_code, code, f"{error.detail}. {_SCHEMA}", headers=headers)
