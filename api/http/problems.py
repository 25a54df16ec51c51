"""Errors as RFC 9457 problem details, with a code and the next step."""

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

from rag.errors import (
    CollectionCode,
    CollectionError,
    QuestionCode,
    QuestionError,
    StoreError,
    UploadCode,
    UploadError,
    WendaError,
)

MEDIA_TYPE = "application/problem+json"
_SCHEMA = "/openapi.json describes every field."
#: Invalid fields named in one response.
_MAX_FAULTS = 10
#: As RFC 9110 names them, whatever they are called by the Python that runs.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
#: The status of refused documents; 422 for all other codes.
_UPLOAD_STATUS = {
    UploadCode.UNREAD_TYPE: 415,
    UploadCode.TOO_LARGE: 413,
    UploadCode.EXISTS: 409,
    UploadCode.CHANGED_SINCE: 409,
    UploadCode.NOT_THERE: 404,
    UploadCode.NO_CHANGE: 404,
    UploadCode.DISK_FULL: 507,
    UploadCode.UNWRITABLE: 503,
}
_COLLECTION_STATUS = {CollectionCode.UNKNOWN: 404, CollectionCode.NOTHING: 403}


class Fault(BaseModel):
    """One invalid field of a request."""

    where: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is for programs; `detail` says what to do next.

    `errors` names the invalid fields of a request, `reason` why a question cannot be
    asked, with `length` and `most` where it is too long.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": "The question is empty. Type what you would like to know.",
                "code": "question",
                "reason": "empty",
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
    reason: QuestionCode | None = None
    length: int | None = None
    most: int | None = None
    errors: list[Fault] | None = None


class Refusal(Exception):  # noqa: N818 - named for the response it becomes
    """A request that is refused. `members` are extension members of the problem details."""

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


def refusal_of(error: Exception) -> Refusal:
    """Status, code and message for any error. Unexpected errors reveal nothing of themselves."""
    match error:
        case Refusal():
            return error
        case QuestionError():
            return Refusal(422, "question", str(error), members=_question_members(error))
        case UploadError():
            return Refusal(_UPLOAD_STATUS.get(error.code, 422), error.code, str(error))
        case CollectionError():
            return Refusal(_COLLECTION_STATUS.get(error.code, 422), error.code, str(error))
        case StoreError():
            return Refusal(503, "unavailable", str(error), headers={"Retry-After": "5"})
        case RequestValidationError():
            return _invalid_request(error)
        case HTTPException():
            return _framework_refusal(error)
        case WendaError():
            return Refusal(503, "unavailable", str(error), headers={"Retry-After": "30"})
    return Refusal(500, "internal", "Something unexpected went wrong. The server's log says more.")


def problem_response(scope: Scope, refused: Refusal) -> JSONResponse:
    """The response to the request of `scope`; below /v1/ it has OpenAI's `error` too."""
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
        content["error"] = _openai_error(refused)
    return JSONResponse(content, refused.status, refused.headers, MEDIA_TYPE)


async def handle_error(request: Request, error: Exception) -> JSONResponse:
    """The application's exception handler, for every kind of error."""
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        error.headers = {"Allow": ", ".join(_allowed_methods(request))}
    refused = refusal_of(error)
    request.scope["wenda.code"] = refused.code
    return problem_response(request.scope, refused)


def _allowed_methods(request: Request) -> list[str]:
    """All methods of an address. Starlette names only those of the first route that matches."""
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def _title(status: int) -> str:
    try:
        return _TITLES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Client Closed Request"


def _openai_error(refused: Refusal) -> dict[str, object]:
    kind = "invalid_request_error" if refused.status < 500 else "server_error"
    return {"message": refused.detail, "type": kind, "param": None, "code": refused.code}


def _question_members(error: QuestionError) -> dict[str, object]:
    """The reason, and for a question that is too long its length and the limit."""
    counts = {"length": error.length, "most": error.most} if error.most else {}
    return {"reason": error.code.value, **counts}


def _invalid_request(error: RequestValidationError) -> Refusal:
    """Names each invalid field, without repeating the values that were sent."""
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"]), "message": str(fault["msg"])}
        for fault in error.errors()[:_MAX_FAULTS]
    ]
    first = f"{faults[0]['where']}: {faults[0]['message']}" if faults else "it is malformed"
    detail = f"The request cannot be used: {first}. Correct it and send it again; {_SCHEMA}"
    return Refusal(422, "invalid_request", detail, members={"errors": faults})


def _framework_refusal(error: HTTPException) -> Refusal:
    """An error that FastAPI or Starlette raised."""
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
