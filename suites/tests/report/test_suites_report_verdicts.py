"""The report shows failures first, with everything needed to understand and repeat them."""

import shlex

from report_example import SILENT, finding, played, shown, stream, verdict
from report_page import texts

from graphtape_contracts.finding import Finding, Level
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict, Verdict


def failed(*findings: Finding, exchanges: int = 1, **fields: object) -> Verdict:
    """Return a verdict with these *findings* in the scenario `a`."""
    return verdict(Outcome.FAILED, ScenarioVerdict("a", exchanges, 1, findings), **fields)


def test_a_finding_shows_where_it_is_and_what_was_expected_and_got() -> None:
    found = finding(expected="`a`", got="b", frame=2, path=("messages", 0), source="seen on `x`")

    article = shown([failed(found, statement="It holds `always`.")], played(SILENT)).one("article")

    assert article.one("h3").text == "✗ order.metadata-firstMUST"
    assert article.one("p", "statement").text == "It holds always."
    assert texts(article.one("p", "statement").all("code")) == ["always"]
    assert article.one("h4").text == "In a: 1 of 1 exchange failed"
    assert texts(article.one("dl", "finding").all("dd")) == [
        "exchange 1, frame 2, $.messages[0]",
        "a",
        "b",
    ]
    assert texts(article.one("dl", "about").all("dd")) == ["seen on x", "test_stream.py::test_it"]


def test_a_finding_links_to_its_exchange_and_to_the_frame_in_the_timeline() -> None:
    root = shown([failed(finding(frame=2))], played(SILENT))

    links = [link.attributes["href"] for link in root.one("dl", "finding").all("a")]
    assert links == ["#x1-1", "#x1-1-m2"]
    assert root.with_id("x1-1-m2").tag == "circle"
    assert root.with_id("x1-1-f2").attributes["class"] == "failing"


def test_a_failure_links_to_its_frame_in_the_table_and_to_its_verdict() -> None:
    root = shown([failed(finding(frame=2))], played(SILENT))

    links = [link.attributes["href"] for link in root.one("ul", "failures").all("a")]
    assert links == ["#x1-1-f2", "#v1"]


def test_a_failure_shows_its_request_as_curl() -> None:
    body = b'{"assistant_id": "agent", "stream_mode": ["updates", "values"]}'
    asked = stream(*SILENT.frames, body=body)

    article = shown([failed(finding())], played(asked)).one("article")

    line = article.one("pre").text
    assert shlex.split(line)[2] == "https://agents.example/v1/runs/stream"
    assert shlex.split(line)[-1].encode() == body
    assert '-H "x-api-key: $LANGGRAPH_API_KEY"' in line
    assert article.one("summary").text == (
        "Request as curl: POST /runs/stream agent: updates, values"
    )


def test_a_long_body_is_not_printed() -> None:
    request = shown([], played(stream(body=b'{"a": "%s"}' % (b"x" * 9_000)))).with_id("x1-1")

    (line,) = [pre.text for pre in request.all("pre") if "curl" in pre.text]
    assert line.endswith("--data-binary @body")
    assert len(line) < 300


def test_the_strictest_level_comes_first() -> None:
    levels = (Level.NOTE, Level.MUST, Level.SHOULD)

    root = shown([verdict(Outcome.FAILED, level=level) for level in levels])

    assert texts(root.all("span", "level")) == ["MUST", "SHOULD", "NOTE"]


def test_findings_that_differ_only_in_their_frames_are_shown_once() -> None:
    found = [finding(frame=n) for n in (1, 2)] + [finding(frame=2, got="other")]

    lists = shown([failed(*found)], played(SILENT)).all("dl", "finding")

    assert texts([each.all("dd")[0] for each in lists]) == [
        "exchange 1, frame 1, frame 2",
        "exchange 1, frame 2",
    ]


def test_of_many_findings_some_are_shown_and_the_rest_counted() -> None:
    found = [finding(got=str(n), exchange=e, frame=1) for e in range(1, 8) for n in range(25)]

    root = shown([failed(*found, exchanges=7)], played(*[SILENT] * 7))

    article = root.one("article")
    assert len(article.all("dl", "finding")) == 9
    assert texts(article.all("p"))[1:] == ["22 more findings in this exchange."] * 3 + [
        "100 more findings in other exchanges."
    ]
    assert "... and 5 more findings" in root.with_id("x1-1").one("ul", "failures").text


def test_of_many_scenarios_some_are_shown_and_the_rest_named() -> None:
    judged = [ScenarioVerdict(f"s{n}", 9, n // 2, (finding(),) * (n // 2)) for n in range(12)]

    root = shown([verdict(Outcome.FAILED, *judged)])

    article = root.one("article")
    assert texts(article.all("h4")) == [
        f"In s{n}: {n // 2} of 9 exchanges failed" for n in range(2, 6)
    ]
    others = article.one("details")
    assert others.one("summary").text == "Failed in 6 more scenarios"
    assert texts(others.all("code")) == [f"s{n}" for n in range(6, 12)]
    cell = root.with_id("requirements").all("td")[3]
    assert cell.text.startswith("s2 1 of 9, s3 1 of 9, s4 2 of 9, s5 2 of 9")
    assert cell.one("summary").text == "8 scenarios, 72 exchanges"
    assert cell.text.endswith("s0 9, s1 9")


def test_a_finding_in_an_exchange_that_was_not_kept_has_no_links() -> None:
    lost = ScenarioVerdict("lost", 3, 1, (finding(exchange=2, frame=3),))
    beyond = ScenarioVerdict("a", 1, 1, (finding(exchange=2),))
    unknown = ScenarioVerdict("b", 2, 1, (finding(frame=1),))
    several = ScenarioResult("b", "", (SILENT, SILENT))

    article = shown([verdict(Outcome.FAILED, lost, beyond, unknown)], played(SILENT), several).one(
        "article"
    )

    assert [each.all("dd")[0].text for each in article.all("dl", "finding")] == [
        "exchange 2, frame 3",
        "exchange 2",
        "frame 1",
    ]
    assert article.all("a") == []
    assert article.all("details") == []


def test_a_finding_without_a_frame_or_path_is_about_the_head() -> None:
    lost = ScenarioVerdict("lost", 1, 1, (finding(),))

    root = shown([verdict(Outcome.FAILED, lost)])

    assert root.one("dl", "finding").all("dd")[0].text == "head"


def test_a_verdict_without_findings_shows_its_reason() -> None:
    article = shown([verdict(Outcome.FAILED, reason="the SDK raised KeyError")]).one("article")

    assert article.one("p", "reason").text == "the SDK raised KeyError"
    assert article.all("h4") == []


def test_a_test_message_keeps_its_lines() -> None:
    multiline = verdict(Outcome.FAILED, reason="expected <a>\n\n  got b")

    article = shown([multiline]).one("article")

    assert article.one("pre").text == "expected <a>\n\n  got b"
    assert article.all("details") == []


def test_a_test_message_is_folded_away_where_findings_follow() -> None:
    article = shown([failed(finding(), reason="a\nb")], played(SILENT)).one("article")

    assert article.all("summary")[0].text == "Full test message"
    assert article.all("pre")[0].text == "a\nb"


def test_expected_failures_are_folded_away_and_show_their_reason() -> None:
    known = verdict(
        Outcome.EXPECTED_FAILURE, ScenarioVerdict("a", 1, 1, (finding(),)), reason="bug 17"
    )

    section = shown([known], played(SILENT)).with_id("expected")

    assert section.all("summary")[0].text == "1 expected failure"
    assert "open" not in section.all("details")[0].attributes
    assert section.one("p", "reason").text == "bug 17"


def test_requirements_that_were_not_exercised_are_listed_by_reason() -> None:
    reasons = ("the budget is spent", "", "the budget is spent")

    section = shown([verdict(Outcome.NOT_EXERCISED, reason=reason) for reason in reasons]).with_id(
        "not-exercised"
    )

    assert texts(section.all("h3")) == ["? the budget is spent", "? No reason was given"]
    assert [len(article.all("li")) for article in section.all("article")] == [2, 1]


def test_sections_without_content_are_left_out() -> None:
    root = shown([verdict(Outcome.PASSED)])

    assert [link.text for link in root.one("nav").all("a")] == ["All requirements 1", "Scenarios 0"]
    assert root.one("a", "skip").attributes["href"] == "#requirements"


def test_all_requirements_are_in_the_table_of_their_suite() -> None:
    judged = (ScenarioVerdict("stream.a", 3, 0), ScenarioVerdict("stream.b", 2, 1))
    verdicts = [
        verdict(Outcome.PASSED, judged[0]),
        verdict(Outcome.FAILED, *judged),
        verdict(Outcome.NOT_APPLICABLE, suite="resume", reason="no such route"),
        verdict(Outcome.NOT_APPLICABLE, suite="resume"),
    ]

    section = shown(verdicts).with_id("requirements")

    assert texts(section.all("h3")) == ["stream 1 failed, 1 passed", "resume 2 not applicable"]
    rows = [texts(row.all("td")) for table in section.all("table") for row in table.all("tr")]
    assert [row for row in rows if row] == [
        ["✓ passed", "order.metadata-firstIt holds.", "MUST", "stream.a 3"],
        ["✗ failed", "order.metadata-firstIt holds.", "MUST", "stream.b 1 of 2, stream.a 3"],
        ["- not applicable", "order.metadata-firstIt holds.", "MUST", "no such route"],
        ["- not applicable", "order.metadata-firstIt holds.", "MUST", ""],
    ]
    assert [link.attributes["href"] for link in section.all("a")] == ["#v2"]


def test_a_verdict_about_one_scenario_links_to_it() -> None:
    verdicts = [
        verdict(outcome, test=f"test_stream.py::test_it[{given}]")
        for outcome in (Outcome.FAILED, Outcome.PASSED)
        for given in ("a", "/runs/stream")
    ]

    root = shown(verdicts, played(SILENT))

    tried = [article.one("dl", "about").all("dd")[0] for article in root.all("article")]
    cells = [row.all("td")[3] for row in root.with_id("requirements").all("tr")[1:]]
    assert texts(tried) == ["a", "/runs/stream"]
    assert texts(cells) == ["a", "/runs/stream"] * 2
    assert [len(each.all("a")) for each in (*tried, *cells)] == [1, 0, 1, 0, 1, 0]
    assert tried[0].one("a").attributes["href"] == "#s1"


def test_a_finding_in_an_exchange_that_is_not_shown_has_no_link() -> None:
    found = [finding(exchange=n, frame=1, got=str(n)) for n in range(30, 0, -1)]

    article = shown([failed(*found, exchanges=30)], played(*[SILENT] * 30)).one("article")

    assert [len(each.all("a")) for each in article.all("dl", "finding")] == [0] * 3
    assert len(article.all("pre")) == 3
