"""What the OpenAPI document promises is kept, for requests that follow it and for others."""

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from rag.progress import Progress
from tests.api.conftest import ADMIN, AS_ADMIN, BuildSite, Site

pytestmark = pytest.mark.slow

EXAMPLES = 20
Operation = APIOperation[Any, Any, Any, Any]
HEALTHY = list(HealthCheck)
CHECKS = [
    not_a_server_error,
    negative_data_rejection,
    status_code_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
    unsupported_method,
]


@pytest.fixture
def described(home: Path, build: BuildSite) -> BaseSchema:
    """The application's own description."""

    def rebuild(_progress: Progress) -> Mapping[str, object]:
        time.sleep(0.01)
        return {}

    site = build(home, admin_token=ADMIN, rebuild=rebuild, body_bytes=2**24)
    return schemathesis.openapi.from_asgi("/openapi.json", site.app)


def promised(operation: Operation, mode: GenerationMode, examples: int) -> int:
    """Sends an operation so many requests, and checks each response against its description.

    How many were sent: none where nothing can be wrong.
    """
    sent = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=HEALTHY)
    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        allowed = "rebuild" in case.path and mode is GenerationMode.POSITIVE
        headers = AS_ADMIN if allowed else {}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    with suppress(Unsatisfiable):
        send()
    return sent


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_responses_are_as_described(described: BaseSchema, mode: GenerationMode) -> None:
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    sent = [
        promised(operation, mode, EXAMPLES)
        for operation in operations
        if mode is GenerationMode.POSITIVE or _takes_something(operation)
    ]
    assert sum(sent) > len(sent) * EXAMPLES / 2


def _takes_something(operation: Operation) -> bool:
    """Whether there is anything in its requests that could be wrong."""
    return bool(list(operation.iter_parameters()) or operation.body)


def test_the_description_can_make_a_client(site: Site) -> None:
    described = site.client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    operations = [op for path in described["paths"].values() for op in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) >= 14
    for operation in operations:
        assert operation["description"]
        assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
