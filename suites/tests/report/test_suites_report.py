"""The report is one self-contained file, and no deployment data can break it."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from report_example import event, example, finding, results, stream, verdict
from report_page import Node, read_page

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_contracts.finding import Level
from graphtape_mock.deployment.budget import BudgetLimits, Spent
from graphtape_suites.report.page import render, write_report
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, Results, ScenarioVerdict

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "</style></title>--><svg onload=alert(1)>",
    "\"'><a href=javascript:alert(1)>",
    "a\x00b\x1b[31mc\r\n\td",
    "\ud800 lone \udfff",
    "\u202eright to left\u2066\u200f",
    "&amp; &lt; ]]> {{ }} %s",
    "word" * 5_000,
)


@pytest.fixture(name="page", scope="module")
def _page() -> str:
    """The report of a session with every kind of verdict."""
    return render(example())


@pytest.fixture(name="root", scope="module")
def _root(page: str) -> Node:
    return read_page(page)


def hostile(text: str) -> Results:
    """Return results with *text* in every value that comes from a deployment."""
    raw = text.encode(errors="replace")
    data = json.dumps({text: 1}, ensure_ascii=False)
    asked = Request("POST", f"/runs/stream?{text}", (("origin", text),), raw)
    said = Response(200, (("content-type", "text/event-stream"), (text, text)))
    frames = (
        Frame(0.0, raw, "metadata", text),
        Frame(0.0, raw, f"updates|{text}:1", data),
        Frame(0.0, raw, text, text),
        Frame(0.1, raw, comment=text),
        Frame(0.2, raw, torn=True),
    )
    refused = Exchange(asked, Response(422), (Frame(0.0, raw),))
    found = tuple(
        finding(expected=text, got=text, source=text, frame=frame, exchange=1, path=(text, 0))
        for frame in (None, 1, 2)
    )
    fields = {"requirement": text, "suite": text, "test": text, "statement": text, "reason": text}
    verdicts = [
        verdict(outcome, ScenarioVerdict(text, 1, 1, found), **fields) for outcome in Outcome
    ]
    played = ScenarioResult(text, text, (Exchange(asked, said, frames), refused), text, text)
    return replace(
        results(verdicts, [played]),
        url=f"http://agents.example/{text}",
        server={"version": text, text: text},
        dialect=text,
        contract=text,
        profile=text,
        started_at=text,
    )


def test_elements_are_balanced_and_ids_are_unique(root: Node) -> None:
    ids = [node.attributes["id"] for node in root.every() if "id" in node.attributes]

    assert len(ids) == len(set(ids))
    assert len(ids) > 300


def test_every_link_leads_to_a_place_on_the_page(root: Node) -> None:
    ids = {node.attributes.get("id") for node in root.every()}
    links = {node.attributes["href"] for node in root.all("a")}

    assert {link for link in links if link.removeprefix("#") not in ids} == set()
    assert all(link.startswith("#") for link in links)


def test_nothing_is_fetched_from_anywhere(root: Node) -> None:
    fetching = {"src", "srcset", "action", "data", "poster", "style", "ping", "background"}
    used = {name for node in root.every() for name in node.attributes}
    tags = {node.tag for node in root.every()}

    assert used & fetching == set()
    assert {name for name in used if name.startswith("on")} == set()
    assert tags & {"link", "img", "iframe", "object", "embed", "base", "form", "use"} == set()
    assert "url(" not in root.one("style").text
    assert "@import" not in root.one("style").text


def test_the_policy_allows_nothing_but_our_own_style_and_script(root: Node) -> None:
    metas = [node.attributes for node in root.all("meta")]
    (policy,) = [m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy"]
    hashes = {
        tag: b64encode(sha256(root.one(tag).text.encode()).digest()).decode()
        for tag in ("style", "script")
    }

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )


def test_headings_go_down_one_level_at_a_time(root: Node) -> None:
    levels = [int(node.tag[1]) for node in root.every() if re.fullmatch("h[1-6]", node.tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_and_pictures_have_names_for_screen_readers(root: Node) -> None:
    ids = {node.attributes.get("id") for node in root.every()}
    tables = [node.attributes for node in root.all("table")]

    assert root.one("html").attributes["lang"] == "en"
    assert all(svg.attributes["aria-label"].startswith("Timeline: ") for svg in root.all("svg"))
    assert all("aria-label" in table or table["aria-labelledby"] in ids for table in tables)
    assert all(head.attributes["scope"] == "col" for head in root.all("th"))
    assert len(root.all("svg")) > 5


def test_the_conclusion_comes_first(root: Node) -> None:
    assert "https://agents.example/v1" in root.one("h1").text
    assert re.fullmatch(r"No: \d+ of \d+ .*", root.one("p", "conclusion").text)
    assert [item.text.split(maxsplit=2)[2] for item in root.one("ul", "counts").all("li")] == [
        "failed",
        "not exercised",
        "expected failure",
        "passed",
        "not applicable",
    ]


def test_the_facts_name_the_server_the_contract_and_the_budget(root: Node) -> None:
    facts = root.one("dl", "facts")

    terms = [term.text for term in facts.all("dt")]
    listed = dict(zip(terms, [value.text for value in facts.all("dd")], strict=True))
    assert listed.pop("Waited").startswith("2 times")
    assert listed == {
        "Server": "0.16.7, langgraph_py 1.2.22",
        "Dialect": "python",
        "Contract": "0.16, level SHOULD and stricter",
        "Profile": "standard",
        "Started": "2026-11-27 03:45:46 UTC",
        "Runs": "31 of 60, 1 at a time",
        "Time": "42.2 s of 600 s",
    }


def test_a_server_that_reports_nothing_is_shown_as_unknown() -> None:
    silent = replace(
        results(),
        server={},
        dialect="",
        budget=BudgetLimits(runs=5, seconds=float("inf"), at_once=3),
        spent=Spent(),
        level=Level.MUST,
    )

    facts = read_page(render(silent)).one("dl", "facts").text
    assert "Servernot reported" in facts
    assert "Dialectunknown" in facts
    assert "0 of 5, 3 at a time" in facts
    assert "0.0 s (no limit)" in facts
    assert "Waited" not in facts


@pytest.mark.parametrize(
    ("outcomes", "conclusion", "numbers"),
    [
        ([], "Unknown", []),
        ([Outcome.NOT_APPLICABLE], "Unknown", []),
        ([Outcome.PASSED, Outcome.NOT_APPLICABLE], "Yes:", ["1"]),
        ([Outcome.PASSED, Outcome.EXPECTED_FAILURE], "Yes, except", ["1"]),
        ([Outcome.PASSED, Outcome.NOT_EXERCISED], "Unknown", ["1", "2"]),
        ([Outcome.NOT_EXERCISED, Outcome.FAILED], "No:", ["1", "2"]),
    ],
)
def test_the_conclusion_is_yes_no_or_unknown(
    outcomes: list[Outcome], conclusion: str, numbers: list[str]
) -> None:
    root = read_page(render(results([verdict(outcome) for outcome in outcomes])))

    text = root.one("p", "conclusion").text
    assert text.startswith(conclusion)
    assert re.findall(r"\d+", text) == numbers


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_no_text_of_a_deployment_becomes_markup(text: str, root: Node) -> None:
    page = render(hostile(text))

    read = read_page(page)
    tags = {node.tag for node in root.every()}
    assert {node.tag for node in read.every()} <= tags
    assert read.one("script").text == root.one("script").text
    assert read.one("style").text == root.one("style").text
    assert page.encode() == page.encode(errors="replace")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_invisible_characters_are_shown_as_escapes(text: str) -> None:
    page = render(hostile(text))

    assert {c for c in page if not c.isprintable() and c != "\n"} == set()


def test_no_secret_reaches_the_page() -> None:
    key, password = "lsv2_pt_0123456789abcdef", "correct horse"
    data = f'{{"api_key": "{key}", "note": "{password}"}}'
    headers = (("x-api-key", key), ("content-type", "application/json"))
    answered = Response(200, (("content-type", "text/event-stream"), ("set-cookie", password)))
    frames = tuple(event(name, data, 0.1) for name in ("metadata", f"updates|{key}:1"))
    asked = Request("POST", f"/runs/stream?key={key}", headers, data.encode())
    refused = Exchange(asked, Response(422), (Frame(0.0, data.encode()),))
    exchanges = (Exchange(asked, answered, frames), refused)
    found = finding(got=data, expected=data, frame=1, exchange=1, path=(key,))
    verdicts = [
        verdict(outcome, ScenarioVerdict("a", 2, 1, (found,)), reason=data) for outcome in Outcome
    ]
    played = ScenarioResult("a", "b", exchanges, data, data)
    info = {"version": key, "note": password}
    found_out = replace(results(verdicts, [played]), server=info)

    page = render(found_out, secrets=(password,))

    assert key not in page
    assert password not in page
    assert "[redacted-1]" in page


def test_no_half_of_a_secret_is_shown_where_data_is_cut() -> None:
    secret = "hunter2-" * 20
    data = "x" * 100 + secret
    results_ = results(played=[ScenarioResult("a", "b", (stream(event("custom", data)),))])

    assert "hunter" not in render(results_, secrets=(secret,))


def test_the_file_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "report.html"

    write_report(example(), path)

    assert path.read_bytes().decode() == render(example())
    assert b"\r" not in path.read_bytes()
