"""The formats of secrets: each kind is found wherever it stands, and nothing that looks like it."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import orjson
import pytest
from secrets_corpus import IN_CONTEXT, LOOKALIKES, SECRETS

from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.token_formats import INNER_FORMATS, TOKEN_FORMATS


def _prose(text: str) -> bytes:
    return f"I used {text} there.".encode()


def _json(text: str) -> bytes:
    return orjson.dumps({"messages": [{"content": f"it is\n{text}\n\n"}]})


def _ascii_json(text: str) -> bytes:
    return json.dumps({"content": f"né {text}"}).encode()


def _quoted_json(text: str) -> bytes:
    return orjson.dumps({"error": f"Invalid input: {orjson.dumps({'x': [text]}).decode()}"})


def _event(text: str) -> bytes:
    return b"event: values\r\ndata: " + _quoted_json(text) + b"\r\n\r\n"


def _percent(text: str) -> bytes:
    return f"https://x.example/?next={quote(text, safe='')}".encode()


def _escaped(text: str) -> bytes:
    return b'{"a": "' + b"".join(b"\\u%04x" % ord(each) for each in text) + b'"}'


def _base64(text: str) -> bytes:
    return orjson.dumps({"data": base64.b64encode(f"some text {text} and more".encode()).decode()})


WRITTEN = [_prose, _json, _ascii_json, _quoted_json, _event, _percent, _escaped, _base64]


def test_the_corpora_are_large_enough() -> None:
    kinds = {kind for kind, _ in SECRETS} | {kind for kind, _, _ in IN_CONTEXT}

    assert len({value for _, value in SECRETS}) >= 200
    assert len(kinds) >= 40
    assert len(set(LOOKALIKES)) >= 100


@pytest.mark.parametrize("write", WRITTEN)
def test_no_secret_of_a_known_format_is_left(write: Callable[[str], bytes]) -> None:
    for _, value in SECRETS:
        redacted = Redactor().redact(write(value))
        end = value[-12:]  # The address of a webhook may stay.
        if write in (_base64, _escaped):
            end = write(value).decode()[-25:-6]

        assert b"[redacted-" in redacted
        assert end.encode() not in redacted.replace(b"\\n", b"\n")


def test_each_secret_is_named_by_its_kind() -> None:
    wrong: list[tuple[str, str]] = []
    for kind, value in SECRETS:
        redactor = Redactor()
        redactor.redact(_prose(value))
        wrong += ((kind, each.kind) for each in redactor.replaced if each.kind != kind)

    assert wrong == []


@pytest.mark.parametrize("write", [_prose, _json, _ascii_json, _quoted_json, _event])
def test_no_secret_that_its_context_gives_away_is_left(write: Callable[[str], bytes]) -> None:
    for kind, text, secret in IN_CONTEXT:
        redactor = Redactor()

        assert secret.encode() not in redactor.redact(write(text))
        assert kind in {each.kind for each in redactor.replaced}


@pytest.mark.parametrize("write", [str.encode, *WRITTEN[:-3]])
def test_what_only_looks_like_a_secret_is_left_alone(write: Callable[[str], bytes]) -> None:
    for text in LOOKALIKES:
        written = write(text)

        assert Redactor(secrets=["hunter2-hunter2"]).redact(written) == written


def test_a_last_look_finds_the_secrets_that_were_not_replaced_and_nothing_afterwards() -> None:
    for _, value in SECRETS:
        written = _event(value)

        assert Redactor().scan(written) != ()
        assert Redactor().scan(Redactor().redact(written)) == ()


def test_a_last_look_finds_nothing_in_ordinary_text() -> None:
    assert [Redactor().scan(_event(text)) for text in LOOKALIKES] == [()] * len(LOOKALIKES)


def test_every_format_has_an_example_in_the_corpus() -> None:
    kinds = {kind for kind, _ in SECRETS} | {kind for kind, _, _ in IN_CONTEXT}
    formats = {each.kind for each in (*TOKEN_FORMATS, *INNER_FORMATS)}

    assert formats - kinds == set()


def test_every_format_names_its_source() -> None:
    assert all(each.source for each in (*TOKEN_FORMATS, *INNER_FORMATS))
