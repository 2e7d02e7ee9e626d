"""Web pages: which may cancel runs, and which may send anything while requests are recorded."""

from collections.abc import Callable

import pytest

from graphtape_contracts import Exchange, Headers
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library
from graphtape_mock.server.foreign_page import foreign_page, is_loopback
from graphtape_mock.server.mock import Mock

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]

A = "https://a.test"


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("a.test", False),
        ("localhost.a.test", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_names_and_addresses_of_this_machine_are_known(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({}, None),
        ({"origin": A}, None),
        ({"origin": "http://localhost:3000"}, None),
        ({"origin": "http://[::1]:3000"}, None),
        ({"origin": "https://b.test"}, "https://b.test"),
        ({"origin": "null"}, "null"),
        ({"origin": "http://[", "sec-fetch-site": "none"}, "http://["),
        ({"sec-fetch-site": "cross-site"}, "another site"),
        ({"sec-fetch-site": "same-origin"}, None),
        ({"sec-fetch-site": "none"}, None),
        ({"origin": "http://127.0.0.1:5173", "sec-fetch-site": "cross-site"}, None),
    ],
    ids=str,
)
def test_a_page_is_foreign_by_its_origin_or_else_its_site(
    headers: dict[str, str], page: str | None
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    assert foreign_page(raw, [A, "*"]) == page


def ask(call: Call, make_run: MakeRun, path: str, headers: Headers, **options: object) -> int:
    library = Library([Recording("run", (make_run([("values", 1)]),))])
    mock = Mock(library, ReplayOptions(speed=0), **options)  # type: ignore[arg-type]  # by name
    body = b'{"status":"all"}' if path == "/runs/cancel" else b'{"assistant_id":"agent"}'
    return call(mock, "POST", path, body, headers).response.status


FOREIGN = (("origin", "https://b.test"),)
LISTED = (("origin", A),)
LOOPBACK = (("origin", "http://localhost:3000"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)


@pytest.mark.parametrize(
    ("headers", "status"),
    [(FOREIGN, 403), (LISTED, 200), (LOOPBACK, 200), ((), 200), (FORM, 200)],
)
def test_while_recording_foreign_pages_are_refused(
    headers: Headers, status: int, call: Call, make_run: MakeRun
) -> None:
    options = {"refuse_foreign_pages": True, "cors_origins": [A]}

    assert ask(call, make_run, "/runs/wait", headers, **options) == status


def test_while_recording_any_origin_by_default_is_no_permission(
    call: Call, make_run: MakeRun
) -> None:
    assert ask(call, make_run, "/runs/wait", FOREIGN, refuse_foreign_pages=True) == 403


def test_in_replay_each_page_may_run_and_cancel(call: Call, make_run: MakeRun) -> None:
    assert ask(call, make_run, "/runs/wait", FOREIGN) == 200
    assert ask(call, make_run, "/runs/cancel", FOREIGN) == 404


@pytest.mark.parametrize(
    ("headers", "status"), [(FOREIGN, 403), (LOOPBACK, 403), (LISTED, 404), ((), 404)]
)
def test_listed_origins_alone_may_cancel(
    headers: Headers, status: int, call: Call, make_run: MakeRun
) -> None:
    assert ask(call, make_run, "/runs/cancel", headers, cors_origins=[A]) == status
    assert ask(call, make_run, "/runs/wait", headers, cors_origins=[A]) == 200
