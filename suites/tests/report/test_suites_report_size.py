"""The report stays small and fast to write, however many exchanges and findings there are."""

import json
import time

from report_example import event, finding, results, stream, verdict
from report_page import read_page

from graphtape_suites.report.page import render
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict


def test_ten_thousand_events_make_a_small_page_quickly() -> None:
    said = [
        json.dumps([{"content": "token " * 40}, {"langgraph_node": f"node {n % 12}"}])
        for n in range(10_000)
    ]
    frames = [event("messages", data, 0.3 + n * 0.002) for n, data in enumerate(said)]
    found = tuple(finding(frame=n, exchange=1) for n in (1, 5_000, 10_000))
    verdicts = [verdict(Outcome.FAILED, ScenarioVerdict("a", 1, 1, found))]
    large = results(verdicts, [ScenarioResult("a", "b", (stream(*frames),))])
    started = time.process_time()

    page = render(large)

    assert len(page) < 800_000
    assert time.process_time() - started < 5.0  # It takes 0.2 s; test machines are slow.
    root = read_page(page)
    assert all(len(lane.all("rect", "mark")) <= 251 for lane in root.all("g", "lane"))
    assert root.one("details", "frames").one("summary").text == "Frames: 407 of 10,000"


def test_a_deployment_that_fails_everything_makes_a_page_a_browser_can_open() -> None:
    one = stream(*(event("custom", "1" * 300, n / 10) for n in range(30)))
    found = tuple(
        finding(got="1" * 300, expected="2" * 100, frame=frame, exchange=exchange)
        for exchange in range(1, 21)
        for frame in range(1, 11)
    )
    judged = [ScenarioVerdict(f"a.{n}", 20, 20, found) for n in range(30)]
    played = [ScenarioResult(f"a.{n}", "b", (one,) * 20) for n in range(30)]

    page = render(results([verdict(Outcome.FAILED, *judged)] * 150, played))

    assert len(page) < 20_000_000


def test_many_exchanges_make_a_page_a_browser_can_open() -> None:
    one = stream(*(event("custom", "1" * 300, n / 10) for n in range(100)))
    played = [ScenarioResult(f"a.{n}", "b", (one,) * 100) for n in range(20)]

    page = render(results(played=played))

    assert len(page) < 10_000_000
    assert page.count("75 more exchanges not shown") == 20
