"""What a client would rather have, by its Accept header."""

import pytest

from api.http.negotiation import EVENTS, HTML, prefers


@pytest.mark.parametrize(
    ("accept", "media_type", "preferred"),
    [
        ("text/html", HTML, True),
        ("TEXT/HTML; charset=utf-8", HTML, True),
        ("text/html, application/json;q=0.9", HTML, True),
        ("text/html, application/json", HTML, True),
        ("application/json, text/html", HTML, False),
        ("application/json;q=0.5, text/html", HTML, True),
        ("application/json, text/html;q=0.5", HTML, False),
        ("*/*", HTML, False),
        ("", HTML, False),
        ("text/html;q=0", HTML, False),
        ("text/html;q=2", HTML, False),
        ("text/event-stream", EVENTS, True),
        (",,;;q=,", EVENTS, False),
    ],
)
def test_a_media_type_is_preferred_when_named_before_json(
    accept: str, media_type: str, *, preferred: bool
) -> None:
    scope = {"type": "http", "headers": [(b"accept", accept.encode())]}
    assert prefers(scope, media_type) is preferred
