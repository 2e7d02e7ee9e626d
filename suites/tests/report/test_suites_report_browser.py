"""The report in a real browser: phone and desktop, light and dark, with and without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from report_browser import Tab, browser, find_browser
from report_example import event, example, finding, results, stream, verdict
from report_page import read_page

from graphtape_suites.report.page import write_report
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, ScenarioVerdict

WIDTHS = (320, 360, 800, 1280)
OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
WIDER = """
[...document.querySelectorAll('body *')]
  .filter(element => !element.closest('.skip, thead'))
  .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
  .map(element => element.outerHTML.slice(0, 200))
"""


@pytest.fixture(name="tab", scope="module")
def _tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(find_browser(), tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(name="report", scope="module")
def _report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(example(), path)
    return path


def test_without_a_browser_the_tests_are_skipped_unless_it_is_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.skip.Exception, match="chromium, "):
        find_browser(required=False)
    with pytest.raises(pytest.fail.Exception, match="chromium, "):
        find_browser(required=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_does_not_scroll_sideways(width: int, tab: Tab, report: Path) -> None:
    tab.open(report, width, 800)
    tab.evaluate(OPEN_ALL)

    assert tab.evaluate("document.scrollingElement.scrollWidth") <= width
    assert tab.evaluate(WIDER) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_very_long_words_do_not_make_the_page_scroll_sideways(
    width: int, tab: Tab, tmp_path: Path
) -> None:
    word = "word" * 500
    found = finding(word, expected=word, got=word, source=word, frame=2, path=(word,))
    frames = [event(word, word, 0.1), event("updates", f'{{"{word}": 1}}', 0.2)]
    judged = ScenarioVerdict(word, 1, 1, (found,))
    fields = {"requirement": word, "suite": word, "test": word, "statement": word, "reason": word}
    verdicts = [verdict(outcome, judged, **fields) for outcome in Outcome]
    played = ScenarioResult(word, word, (stream(*frames, path=f"/{word}"),), word, word)
    write_report(results(verdicts, [played]), tmp_path / "report.html")

    tab.open(tmp_path / "report.html", width, 800)
    tab.evaluate(OPEN_ALL)

    assert tab.evaluate("document.scrollingElement.scrollWidth") <= width


def test_a_browser_parses_the_elements_that_were_written(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)

    tags = tab.evaluate("[...document.querySelectorAll('*')].map(e => e.tagName.toLowerCase())")

    assert tags == [node.tag for node in read_page(report.read_text()).every()]


def test_the_page_makes_no_request_and_logs_no_error(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)

    assert tab.requested == [report.as_uri()]
    assert tab.errors == []


def test_a_request_and_an_error_would_be_noticed(tab: Tab, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><img src='http://elsewhere.invalid/a.png'><script>x</script>")

    tab.open(path, 1280, 900)

    assert "http://elsewhere.invalid/a.png" in tab.requested
    assert len(tab.errors) == 2


def test_text_of_a_deployment_runs_no_script(tab: Tab, tmp_path: Path) -> None:
    attack = "</script><script>document.title = 'attacked'</script><img src=x onerror=alert(1)>"
    played = ScenarioResult(attack, attack, (stream(event("updates", attack, 0.1)),), attack)
    verdicts = [verdict(Outcome.FAILED, reason=attack, statement=attack)]
    write_report(results(verdicts, [played]), tmp_path / "report.html")

    tab.open(tmp_path / "report.html", 1280, 900)

    assert tab.evaluate("document.title") == "Graphtape: https://agents.example/v1"
    assert tab.evaluate("document.images.length") == 0
    assert tab.evaluate("document.scripts.length") == 1
    assert tab.errors == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_mark_of_the_failing_frame_is_visible(width: int, tab: Tab, report: Path) -> None:
    tab.open(report, width, 800)

    box = tab.evaluate(
        """(() => {
          const mark = document.querySelector('circle.failing');
          mark.scrollIntoView({block: 'center'});
          const {left, right, top, width, height} = mark.getBoundingClientRect();
          const seen = document.elementFromPoint((left + right) / 2, top + height / 2) === mark;
          return {left, right, width, height, seen};
        })()"""
    )

    assert box["seen"]
    assert 0 <= box["left"] < box["right"] <= width
    assert box["width"] >= 10
    assert box["height"] >= 10


def test_a_link_opens_its_folded_target(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)

    shown = tab.evaluate(
        """(() => {
          const link = document.querySelector('.failures a[href*="-f"]');
          const row = document.getElementById(link.hash.slice(1));
          const before = row.checkVisibility({contentVisibilityAuto: true});
          const folded = !row.closest('details').open;
          link.click();
          return [folded, row.closest('details').open];
        })()"""
    )

    assert shown == [True, True]


def test_the_filter_keeps_the_requirements_that_contain_every_word(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)

    tab.evaluate("document.getElementById('words').focus()")
    tab.type("order MUST failed")

    rows = tab.evaluate(
        """[...document.querySelectorAll('table.requirements tbody tr')]
             .filter(row => row.checkVisibility()).map(row => row.textContent.toLowerCase())"""
    )
    assert 0 < len(rows) < 10
    assert all(word in row for row in rows for word in ("order", "must", "failed"))
    found = tab.evaluate("document.getElementById('found').value")
    assert re.fullmatch(rf"{len(rows)} of \d+", found)
    assert tab.evaluate("document.querySelectorAll('section.suite:not([hidden])').length") < 5


def test_without_scripts_only_the_filter_is_missing(tab: Tab, report: Path) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(report, 360, 800)
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)

    assert tab.evaluate("document.getElementById('filter').checkVisibility()") is False
    assert tab.evaluate("document.querySelectorAll('table.requirements tr').length") > 150
    assert tab.evaluate("document.querySelector('article.failed').checkVisibility()") is True


CONTRAST = """
(() => {
  const luminance = ([r, g, b]) => [r, g, b]
    .map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
  };
  const low = new Set();
  for (const element of document.querySelectorAll('body *:not(script)')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || element.tagName === 'title') continue;
    const style = getComputedStyle(element);
    const colour = rgb(element.tagName === 'text' ? style.fill : style.color);
    const pair = [luminance(colour), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < 4.5) low.add(`${element.outerHTML.slice(0, 90)} ${contrast.toFixed(2)}`);
  }
  return [...low];
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_enough_contrast(dark: bool, tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900, dark=dark)
    tab.evaluate(OPEN_ALL)

    assert tab.evaluate(CONTRAST) == []
    behind = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert behind == ("rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)")


def test_the_first_tab_stop_links_to_the_verdicts(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)

    tab.press("Tab")

    assert tab.evaluate("document.activeElement.hash") == "#failed"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left >= 0") is True


def test_printing_shows_open_sections_and_hides_navigation(tab: Tab, report: Path) -> None:
    tab.open(report, 1280, 900)
    tab.call("Emulation.setEmulatedMedia", media="print")
    try:
        seen = tab.evaluate(
            """['article.failed', 'circle.failing', '.exchange[open] figure', 'nav', '#filter']
                 .map(one => document.querySelector(one).checkVisibility())"""
        )
    finally:
        tab.call("Emulation.setEmulatedMedia", media="")

    assert seen == [True, True, True, False, False]
