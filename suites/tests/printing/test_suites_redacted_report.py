"""Redacted reports: nothing that pytest shows of a test contains a secret."""

import pytest
from inner_sessions import set_heap_aside

from graphtape_suites.printing.redacted_report import redact_report

SECRET = "hunter22"
PLUGIN = """
import pytest
from graphtape_suites.printing.redacted_report import redact_report

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    redact_report(report, lambda text: text.replace("hunter22", "[gone]"))
    return report
"""
TESTS = """
import pytest

def fails(argument):
    local = argument
    try:
        raise KeyError(local)
    except KeyError as error:
        raise ValueError(f"in {local}") from error

def test_fails():
    print("hunter22")
    fails("hunter22")

def test_compares():
    assert {"x-api-key": "hunter22"} == {}

def test_skips():
    pytest.skip("hunter22")

def test_ends():
    pytest.fail("hunter22", pytrace=False)

def test_passes(record_property):
    print("hunter22")
    record_property("key", "hunter22")
"""


@pytest.mark.parametrize("style", ["long", "short", "native", "line"])
def test_no_text_of_a_report_shows_a_secret(pytester: pytest.Pytester, style: str) -> None:
    set_heap_aside()
    pytester.makeconftest(PLUGIN)
    # Tracebacks quote the source, where the secret is spelled in two parts.
    pytester.makepyfile(TESTS.replace('"hunter22"', '"hunter" "22"').replace('"hunter22', '"'))

    result = pytester.runpytest(
        *(f"--tb={style}", "--showlocals", "-rA", "-vv", "--junitxml=junit.xml"),
        *("-o", "junit_family=xunit1"),
        *("-p", "no:asyncio", "-p", "no:schemathesis", "-p", "no:cacheprovider"),
    )

    result.assert_outcomes(failed=3, skipped=1, passed=1)
    printed = result.stdout.str() + (pytester.path / "junit.xml").read_text()
    assert SECRET not in printed
    assert printed.count("[gone]") > 6


def test_a_report_without_texts_stays_as_it_is() -> None:
    report = pytest.TestReport("a.py::b", ("a.py", 1, "b"), {}, "passed", None, "call")

    redact_report(report, str)

    assert (report.longrepr, report.sections, report.user_properties) == (None, [], [])
