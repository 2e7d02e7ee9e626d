"""Redaction: every secret is replaced, and all other data is unchanged."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphtape_contracts import Exchange, Frame, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_mock.redaction.placeholders import Replaced
from graphtape_mock.redaction.redactor import Redactor, redact_json
from graphtape_mock.redaction.url import strip_url
from graphtape_mock.redaction.user_patterns import BadPattern

KEY = "lsv2_pt_0123456789abcdef0123456789abcdef_0123456789"

_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
secret_names = st.sampled_from(
    [
        "x-api-key",
        "X-Api-Key",
        "openai_api_key",
        "openaiApiKey",
        "authorization",
        "Cookie",
        "client_secret",
        "db-password",
        "access_token",
        "x-auth-token",
        "x-tenant-pin",
    ]
)
secrets = st.text("!#$%&()*+,-./:;<=>?@[]^_`{|}~ é" + _WORD, min_size=12, max_size=40)
shaped_secrets = st.one_of(
    st.text(_WORD, min_size=20, max_size=40).map(lambda tail: f"lsv2_sk_{tail}"),
    st.text(_WORD, min_size=20, max_size=40).map(lambda tail: f"sk-proj-1{tail}"),
    st.text(_WORD, min_size=36, max_size=36).map(lambda tail: f"ghp_{tail}"),
)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
# Every name and shape of a secret has one of these.
harmless = st.text(st.characters(codec="utf-8", exclude_characters="dDeEkKtTxX_"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def _plain(value: Any) -> bytes:
    return orjson.dumps(value)


def _quoted(value: Any) -> bytes:
    return orjson.dumps({"detail": f"On instance:\n    {orjson.dumps(value).decode()}"})


def _quoted_twice(value: Any) -> bytes:
    return _quoted(_quoted(value).decode())


def _spaced(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


encodings = st.sampled_from([_plain, _quoted, _quoted_twice, _spaced])


@given(values, secret_names, secrets, encodings, st.data())
@settings(deadline=None)
def test_the_value_of_a_secret_name_is_never_left(
    value: Any, name: str, secret: str, encode: Callable[[Any], bytes], data: st.DataObject
) -> None:
    nested = {"before": value, "inside": [{name: secret, "after": value}]}
    body = encode(nested)
    cut = data.draw(st.integers(0, len(body)))
    without = encode({"before": value, "inside": [{name: "", "after": value}]})
    assume(secret[:8].encode() not in without)

    for part in (body, body[:cut]):
        redacted = Redactor(["x-tenant-pin"]).redact(part, torn=True)

        assert secret.encode() not in redacted
        assert secret[:8].encode() not in redacted


@given(texts, texts, secrets, encodings, st.data())
@settings(deadline=None)
def test_a_known_secret_is_never_left(
    before: str, after: str, secret: str, encode: Callable[[Any], bytes], data: st.DataObject
) -> None:
    body = encode({"text": f"{before}{secret}{after}"})
    cut = data.draw(st.integers(0, len(body)))
    assume(secret[:8].encode() not in body.replace(secret.encode(), b""))

    for part in (body, body[:cut]):
        redacted = Redactor(secrets=[secret]).redact(part, torn=True)

        assert secret[:8].encode() not in redacted


@given(texts, texts, shaped_secrets, encodings)
@settings(deadline=None)
def test_a_secret_of_a_known_shape_is_never_left_in_a_text(
    before: str, after: str, secret: str, encode: Callable[[Any], bytes]
) -> None:
    body = encode({"text": f"{before} {secret} {after}", "line": f"x\n{secret}"})

    assert secret.encode() not in Redactor().redact(body)


@given(secret_names, secrets)
@settings(deadline=None)
def test_no_part_of_an_exchange_brings_a_secret_into_the_file(name: str, secret: str) -> None:
    headers = ((name.lower(), secret),)
    body = orjson.dumps({"configurable": {name: secret}, "text": f"it is {secret}"})
    event = b"event: debug\r\ndata: " + body + b"\r\n\r\n"
    for frames in (sse.decode(event + event[:-9]), [Frame(0.0, body)]):
        exchange = Exchange(
            Request("POST", f"/runs/stream?key={secret}", headers, body),
            Response(200, (*headers, ("content-type", "text/event-stream"))),
            tuple(frames),
        )
        redactor = Redactor(["x-tenant-pin"], [secret])

        with TemporaryDirectory() as folder, RecordingWriter(Path(folder, "x.jsonl")) as writer:
            writer.add_exchange(redact_exchange(exchange, redactor))
            written = writer.path.read_text()

        assert written.count("[redacted-") >= 6
        assert secret not in written


@given(st.dictionaries(harmless, st.lists(harmless | st.floats() | st.none())))
@settings(deadline=None)
def test_what_holds_no_secret_stays_equal_to_the_byte(value: dict[str, Any]) -> None:
    body = orjson.dumps({"token": "a", "tokens": ["b"], "total_tokens": 25, "x": value})

    assert Redactor().redact(body) == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"token":"tok"}',
        b'{"next_token":"abc","total_tokens":5,"tokens":["a","b"]}',
        b'{"properties":{"openai_api_key":{"type":"string"}},"required":["api_key","model"]}',
        b'{"password":null,"secret":false,"api_key":true,"access_token":""}',
        b'{"text":"task-runner-12345678901234567890 sk-fading-circle-container-wide"}',
        b'{"text":"a bearer of good news, the secret: love, password: none"}',
        b'{"text":"Bearer authentication-is-used"}',
        b"\xff\xfe api_key",
        b'{"password":"',
        b"aGVsbG8gd29ybGQgaGVsbG8gd29ybGQg_",
    ],
)
def test_ordinary_values_are_left_alone(body: bytes) -> None:
    assert Redactor().redact(body) == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"x-api-key":"a","b":"a"}', b'{"x-api-key":"[redacted-1]","b":"a"}'),
        (b'{"api_key": "a", "k": 1}', b'{"api_key": "[redacted-1]", "k": 1}'),
        (b'{"pin_secret": 12.5, "k": 1}', b'{"pin_secret": "[redacted-1]", "k": 1}'),
        (b'"{\\"secret\\":12}"', b'"{\\"secret\\":\\"[redacted-1]\\"}"'),
        (
            b'{"secrets": {"a": ["x", 7], "b": {"c": "x"}, "d": null}, "k": "x"}',
            b'{"secrets": {"a": ["[redacted-1]", "[redacted-2]"], "b": {"c": "[redacted-1]"},'
            b' "d": null}, "k": "x"}',
        ),
        (b'{"secret":[{"id":1},2]}', b'{"secret":[{"id":"[redacted-1]"},"[redacted-2]"]}'),
        (
            b'{"password":{"type":"string","default":"x"}}',
            b'{"password":{"type":"string","default":"[redacted-1]"}}',
        ),
        (
            b'{"password":{"type":"pin","value":"x"}}',
            b'{"password":{"type":"[redacted-1]","value":"[redacted-2]"}}',
        ),
        (b'[["x-api-key","a"],["date","b"]]', b'[["x-api-key","[redacted-1]"],["date","b"]]'),
        (
            b'{"headers":[{"name":"Cookie","value":"a"},{"name":"Date","value":"b"}]}',
            b'{"headers":[{"name":"Cookie","value":"[redacted-1]"},{"name":"Date","value":"b"}]}',
        ),
        (b'{"p\\u0061ssword":"a"}', b'{"p\\u0061ssword":"[redacted-1]"}'),
        (b'{"password":"a","secret":"b', b'{"password":"[redacted-1]","secret":"[redacted-2]'),
        (b"{'secrets': {'a': 'b', 'c': None}}", b"{'secrets': {'a': '[redacted-1]', 'c': None}}"),
        (b'{"user_token":"a1b2c3d4e5f6a1b2c3d4"}', b'{"user_token":"[redacted-1]"}'),
        (b'{"next_token":"a1b2c3d4e5f6a1b2c3d4"}', b'{"next_token":"a1b2c3d4e5f6a1b2c3d4"}'),
        (b"pwd={0}; password='it is'", b"pwd={0}; password='[redacted-1]'"),
        (b'{password: "it is", x: 1}', b'{password: "[redacted-1]", x: 1}'),
        (b"token=ab, token: a1b2c3d4e5f6a1b2c3d4.", b"token=ab, token: [redacted-1]."),
        (
            b'Authorization: Digest username=\\"u\\", response=\\"1f\\"',
            b"Authorization: Digest [redacted-1]",
        ),
        (b"authorization: abcd1234efgh, x", b"authorization: [redacted-1], x"),
        (b"authorization: ", b"authorization: "),
        (b"Authorization: AWS4-HMAC-SHA256 it", b"Authorization: AWS4-HMAC-SHA256 it"),
        (b"https://a1b2c3d4e5f6a1b2c3d4@host/", b"https://[redacted-1]@host/"),
        (b'{"n":[123456789]}', b'{"n":["[redacted-1]"]}'),
        (b"[123456789]", b'["[redacted-1]"]'),
        (
            b'{"api_key":["a","b", "a"]}',
            b'{"api_key":["[redacted-1]","[redacted-2]", "[redacted-1]"]}',
        ),
        (b'{"password":"a\\"b\\\\"}', b'{"password":"[redacted-1]"}'),
        (b'"{\\"secret\\":\\"a\\\\\\"b\\"}"', b'"{\\"secret\\":\\"[redacted-1]\\"}"'),
        (b'"{\\"secret\\":\\"cut"', b'"{\\"secret\\":\\"[redacted-1]"'),
        (b"{'cookie': 'a=b', 'c': 'd'}", b"{'cookie': '[redacted-1]', 'c': 'd'}"),
        (b"{'cookie': \"it's\"}", b"{'cookie': \"[redacted-1]\"}"),
        (b'data: {"secret":"cut\r\n\r\n', b'data: {"secret":"[redacted-1]\r\n\r\n'),
        (b'{"secret":"cut', b'{"secret":"[redacted-1]'),
        (b'"Bearer abc12345xyz."', b'"Bearer [redacted-1]"'),
        (b'"\\nsk-abcdefgh12345678"', b'"\\n[redacted-1]"'),
        (b'"\\u0009sk-abcdefgh12345678"', b'"\\u0009[redacted-1]"'),
        (
            b'"[redacted-7] and [redacted-3] and [redacted-7]"',
            b'"[redacted-1] and [redacted-2] and [redacted-1]"',
        ),
    ],
)
def test_a_secret_becomes_a_placeholder(body: bytes, expected: bytes) -> None:
    assert Redactor(secrets=["123456789"]).redact(body) == expected


def test_the_same_secret_becomes_the_same_placeholder_everywhere() -> None:
    redactor = Redactor(secrets=[KEY])

    first = redactor.redact(orjson.dumps({"api_key": "other", "text": f"use {KEY}!"}))
    headers = redactor.redact_headers((("x-api-key", KEY), ("date", "now"), ("cookie", "")))

    assert first == b'{"api_key":"[redacted-1]","text":"use [redacted-2]!"}'
    assert headers == (("x-api-key", "[redacted-2]"), ("date", "now"), ("cookie", ""))


@pytest.mark.parametrize(
    "written",
    [
        b'a \\"quoted\\" key',
        b"a%20%22quoted%22%20key",
        b"a+%22quoted%22+key",
        b"a &quot;quoted&quot; key",
        b"a &#34;quoted&#x22; key",
        b"%61%2520%2522quoted%2522 key",
        base64.b64encode(b'a "quoted" key'),
        b"x=" + base64.b64encode(b'user:a "quoted" key'),
        json.dumps(json.dumps(json.dumps('a "quoted" key')))[1:-1].encode(),
        b'{"u":"' + b"".join(b"\\u%04x" % each for each in b'a "quoted" key') + b'"}',
    ],
)
def test_a_known_secret_is_found_however_it_is_written(written: bytes) -> None:
    redactor = Redactor(secrets=['a "quoted" key'])
    redactor.redact_text('a "quoted" key')

    redacted = redactor.redact(b"<" + written + b">")

    assert redacted.count(b"[redacted-1]") == 1
    assert b"quoted" not in redacted
    assert len(redacted) < len(written)


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc", bytes(range(256))])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_known_secret_is_found_inside_longer_base64(
    before: bytes, encode: Callable[[bytes], bytes]
) -> None:
    secret = "hunter2?>hunter2"

    redacted = Redactor(secrets=[secret]).redact(b"<" + encode(before + secret.encode()) + b">")

    assert b"[redacted-1]" in redacted
    assert encode(before + secret.encode())[-12:] not in redacted


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("Bearer abcdefgh-ijkl", "it is abcdefgh-ijkl!"),
        ("Basic dXNlcjpzZWNyZXQtd29yZA==", "it is secret-word!"),
        ("Basic not-base64-at-all", "it is not-base64-at-all!"),
        ("Basic bm8tY29sb24taGVyZQ==", "it is bm8tY29sb24taGVyZQ==!"),
        ("theme=dark; session=abcdefgh-ijkl", "it is abcdefgh-ijkl!"),
    ],
)
def test_the_secret_part_of_a_given_header_is_found_alone(given: str, text: str) -> None:
    assert Redactor(secrets=[given]).redact_text(text) in (
        "it is [redacted-1]!",
        "it is [redacted-1]==!",
    )


@pytest.mark.parametrize("body", [b'["b","QQQ"]', b'data: "QQQQQQQ"', b'{"a":"QQQ","b":1}'])
def test_a_value_with_a_quote_is_not_found_across_the_quotes_of_json(body: bytes) -> None:
    assert Redactor(secrets=['"QQQQQQ', '","QQQ', 'QQQ","']).redact(body) == body


def test_a_value_with_a_quote_is_found_in_a_text_with_quotes() -> None:
    redactor = Redactor(secrets=['ab"cd"ef'])

    assert redactor.redact_text('say "x", ab"cd"ef and "y"') == 'say "x", [redacted-1] and "y"'


def test_overlapping_finds_make_one_placeholder() -> None:
    redactor = Redactor(secrets=["sk-abcdefgh12345678", "12345678-and-more"])

    assert redactor.redact(b"(sk-abcdefgh12345678-and-more)") == b"([redacted-1])"


def test_a_short_known_value_is_no_secret() -> None:
    assert Redactor(secrets=["key"]).redact(b"a key") == b"a key"


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (f"my key is {KEY[:11]}", b"my key is [redacted-1]"),
        ("my key is hunter2-hun", b"my key is [redacted-1]"),
        ("my key is hun", b"my key is hun"),
        ("Bearer eyJ", b"Bearer [redacted-1]"),
    ],
)
def test_the_start_of_a_secret_at_the_end_of_a_torn_frame_is_one(
    tail: str, expected: bytes
) -> None:
    assert Redactor(secrets=["hunter2-hunter2"]).redact(tail.encode(), torn=True) == expected


def test_a_frame_is_read_again_when_it_changes() -> None:
    event = sse.frame(b'event: a\r\ndata: {"api_key":"x"}\r\n\r\n', 1.5)

    redacted = Redactor().redact_frame(event, stream=True)

    assert (redacted.at, redacted.event, redacted.data) == (1.5, "a", '{"api_key":"[redacted-1]"}')


def test_a_frame_without_a_secret_stays_the_same() -> None:
    event = sse.frame(b"event: a\r\ndata: 1\r\n\r\n")

    assert Redactor().redact_frame(event, stream=True) is event


def test_bytes_of_no_stream_are_not_read_as_events() -> None:
    redacted = Redactor().redact_frame(Frame(1.0, b'event: a\n\n{"api_key":"x"}'), stream=False)

    assert redacted == Frame(1.0, b'event: a\n\n{"api_key":"[redacted-1]"}')


def test_a_request_and_its_recording_become_the_same() -> None:
    live = {"input": {"q": f"is {KEY} good?"}, "config": {"configurable": {"x_api_key": KEY}}}
    redactor = Redactor(secrets=[KEY])
    redactor.redact(b'{"api_key":"another"}')
    recorded = orjson.loads(redactor.redact(orjson.dumps(live)))

    assert recorded != redact_json(recorded)
    assert redact_json(live, secrets=[KEY]) == redact_json(recorded)


@given(values)
@settings(deadline=None)
def test_redacting_json_again_changes_nothing(value: Any) -> None:
    once = redact_json({"api_key": "x", "value": value})

    assert redact_json(once) == once


def test_json_that_is_nested_too_deep_is_left_alone() -> None:
    value: Any = "x"
    for _ in range(300):
        value = [value]

    assert redact_json(value) is value


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:2024", "http://127.0.0.1:2024"),
        ("https://user:pass@host/a/b?key=x#y", "https://host/a/b"),
        ("https://[::1]:8/?api_key=x", "https://[::1]:8/"),
    ],
)
def test_a_url_keeps_neither_user_nor_query(url: str, expected: str) -> None:
    assert strip_url(url) == expected


def test_a_key_that_is_kept_is_not_that_of_a_secret() -> None:
    redactor = Redactor(keep=["Secret"])

    assert redactor.redact(b'{"secret":"a","my_secret":"b"}') == (
        b'{"secret":"a","my_secret":"[redacted-1]"}'
    )
    assert not redactor.names_secret("SECRET")


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        ("CUST-[0-9]+", b"CUST-12 and \xff CUST-3", b"[redacted-1] and \xff [redacted-2]"),
        ("é+x?", '{"é":"aéé"}'.encode(), b'{"[redacted-1]":"a[redacted-2]"}'),
        ("[0-9]{8}", b'{"a":12345678}', b'{"a":"[redacted-1]"}'),
        ("a.*", b'{"b":"xa","c":"y","d":1}', b'{"b":"x[redacted-1]","c":"[redacted-2]","d":1}'),
        ("true", b'{"b":true}', b'{"b":true}'),
        (':"', b'{"b":"y"}', b'{"b":"y"}'),
        ("x*", b"", None),
        (r"\bx*", b"ax x", b"ax [redacted-1]"),
        ("(", b"", None),
    ],
)
def test_a_pattern_of_the_user_is_replaced(
    pattern: str, body: bytes, expected: bytes | None
) -> None:
    if expected is None:
        with pytest.raises(BadPattern):
            Redactor(patterns=[pattern])
        return
    redactor = Redactor(patterns=[pattern])
    redacted = redactor.redact(body)

    assert redacted == expected
    assert {each.kind for each in redactor.replaced} <= {f"pattern:{pattern}"}


def test_what_was_replaced_is_listed_by_kind_and_place() -> None:
    event = b'event: values\r\ndata: {"messages":[{"content":"%s"}]}\r\n\r\n' % KEY.encode()
    exchange = Exchange(
        Request("POST", "/runs", (("x-api-key", KEY),), b'{"input":{"password":"x"}}'),
        Response(200, (("content-type", "text/event-stream"), ("x-a", "[redacted-3]"))),
        tuple(sse.decode(event + event)),
    )
    redactor = Redactor()
    redactor.redact_headers((("cookie", "[redacted-9]"),))

    redact_exchange(exchange, redactor)

    assert redactor.replaced == (
        Replaced("named:password", "request body.input.password", 1),
        Replaced("named:x-api-key", "request header x-api-key", 1),
        Replaced("langsmith-key", "event 1 values.messages[0].content", 1),
        Replaced("langsmith-key", "event 2 values.messages[0].content", 1),
    )


def test_the_places_of_what_was_replaced_are_bounded() -> None:
    redactor = Redactor()
    for number in range(1200):
        redactor.redact(b'{"password":"x"}', place=f"event {number}")

    assert len(redactor.replaced) == 1001
    assert redactor.replaced[-1] == Replaced("named:password", "", 200)


def test_a_last_look_finds_secrets_in_any_bytes() -> None:
    line = orjson.dumps({"raw": 'data: {"password":"x","api_key":"[redacted-1]"}\r\n\r\n'})
    redactor = Redactor(secrets=["hunter2-hunter2"], patterns=["a key"])

    (named, pattern) = redactor.scan(line + b"a key")

    assert (named.rule, pattern.rule) == ("named:password", "pattern:a key")
    assert line[slice(*named.span)] == b"x"
    assert [hit.rule for hit in redactor.scan(b"is hunter2-hunter2")] == ["given"]


@pytest.mark.parametrize(
    "piece",
    [
        b"\\\\",
        b'\\"',
        b'"password":"',
        b"password=",
        b"-----BEGIN PRIVATE KEY-----",
        b"sk-",
        b"eyJ-",
        b"://a:",
        b"[[",
        b'{"password":[',
        b"%25",
        b"aaaa",
        b"&#34;",
        b"Bearer ",
        b"aws secret ",
        b"M.",
    ],
)
def test_the_work_grows_as_the_text_does(piece: bytes) -> None:
    def seconds(length: int) -> float:
        data = b'{"assistant_id":"agent","input":{"password":"' + piece * (length // len(piece))
        start = time.process_time()
        Redactor(secrets=["hunter2-hunter2"]).redact(data + b'"}}')
        return time.process_time() - start

    # Eight times as long: eight times the work. A pattern that goes back makes it 64 times.
    seconds(1_000)
    assert seconds(80_000) < 24 * max(seconds(10_000), 0.005)


def test_data_that_went_through_the_redactor_before_keeps_its_placeholders() -> None:
    redactor = Redactor()
    redactor.redact(b'{"password":"a"}')
    once = redactor.redact(b'{"password":"b"}')

    redactor.keep_placeholders()
    assert redactor.redact(once) == once == b'{"password":"[redacted-2]"}'


def test_names_of_secrets_are_known_however_many_others_there_are() -> None:
    redactor = Redactor()

    assert not any(redactor.names_secret(f"name {number}") for number in range(10_001))
    assert redactor.names_secret("password")


@pytest.mark.parametrize("value", ['"QQQQQ', '"QQQQQ"', "00000000[0[0", "[1,[2,[3"])
def test_a_given_value_that_looks_like_json_is_replaced(value: str) -> None:
    redactor = Redactor(secrets=[value])

    assert redactor.redact_text(f"/x?key={value}") == "/x?key=[redacted-1]"
