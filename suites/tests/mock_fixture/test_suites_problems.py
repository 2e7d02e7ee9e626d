"""The plugin, from outside: a request that matches no recording fails its test."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from user_project import project

MISSES = """
def test_miss(graphtape_mock):
    with pytest.raises(Refused):
        ask(graphtape_mock, "Good morning!")
"""


def test_a_request_that_no_recording_answers_fails_the_test(pytester: pytest.Pytester) -> None:
    project(pytester, MISSES)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "request 1, POST /runs/wait*404*",
            "*'agent'*",
            '- input.messages[[]0].content: *"Hello!*"Good morning!"',
            "*graphtape record URL --assistant agent --input *",
            "*--graphtape-record new_episodes --graphtape-upstream URL",
            "*graphtape_mock.allow_unmatched()",
        ]
    )


def test_a_test_that_failed_anyhow_is_told_of_it(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        "def test_miss(graphtape_mock):\n    ask(graphtape_mock, 'Good morning!')\n",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Refused: 404*", "*- graphtape -*", "*'agent'*"])


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            "'/runs/crons/search', {}",
            "*POST /runs/crons/search*",
        ),
        (
            "'/runs/wait', {'assistant_id': 'other'}",
            "*'other'*",
        ),
    ],
)
def test_what_the_mock_is_not_fails_the_test_too(
    pytester: pytest.Pytester, request_: str, said: str
) -> None:
    project(
        pytester,
        f"""
def test_miss(graphtape_mock):
    with pytest.raises(Refused):
        post(graphtape_mock, {request_})
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])


def test_only_the_test_that_made_the_request_fails(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        MISSES
        + """
def test_hit(graphtape_mock):
    ask(graphtape_mock)
    assert len(graphtape_mock.requests) == 1
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1, passed=1)


def test_a_test_may_want_the_refusal(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_miss(graphtape_mock):
    graphtape_mock.allow_unmatched()
    with pytest.raises(Refused) as refusal:
        ask(graphtape_mock, "Good morning!")
    assert b"'agent'" in refusal.value.body
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)


def test_a_request_while_fixtures_are_torn_down_is_an_error(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
@pytest.fixture
def late(graphtape_mock):
    yield
    with pytest.raises(Refused):
        ask(graphtape_mock, "Good night!")

def test_late(late):
    pass
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["request 1, POST /runs/wait*"])


def test_an_expected_failure_may_be_a_miss(pytester: pytest.Pytester) -> None:
    project(pytester, "@pytest.mark.xfail(strict=True)" + MISSES)

    result = pytester.runpytest()

    result.assert_outcomes(xfailed=1)


TEST_CASES = """
import unittest

class Base:
    @pytest.fixture(autouse=True)
    def _mock(self, graphtape_mock):
        self.mock = graphtape_mock

class TestSync(Base, unittest.TestCase):
    def test_raises(self):
        ask(self.mock, "raised")

    def test_fails(self):
        try:
            ask(self.mock, "failed")
        except Refused:
            self.fail("no answer")

    def test_swallows(self):
        with self.assertRaises(Refused):
            ask(self.mock, "swallowed")

    def test_skips(self):
        try:
            ask(self.mock, "skipped")
        except Refused:
            self.skipTest("not there")

    @unittest.expectedFailure
    def test_expected(self):
        ask(self.mock, "expected")

    def test_hit(self):
        ask(self.mock)

class TestAsync(Base, unittest.IsolatedAsyncioTestCase):
    async def test_raises(self):
        ask(self.mock, "asynchronous")

class TestUnused(unittest.TestCase):
    def test_passes(self):
        pass
"""
PLAIN = """
def test_skips(graphtape_mock):
    try:
        ask(graphtape_mock, "skipped")
    except Refused:
        pytest.skip("not there")

def test_xfails(graphtape_mock):
    try:
        ask(graphtape_mock, "expected")
    except Refused:
        pytest.xfail("not there")

@pytest.fixture
def ready(graphtape_mock):
    try:
        ask(graphtape_mock, "in a fixture")
    except Refused:
        pytest.skip("not there")

def test_fixture(ready):
    pass
"""


def _told(folder: Path) -> dict[str, str]:
    """Return what JUnit XML says of each test that did not pass."""
    tree = ElementTree.parse(folder / "junit.xml")  # noqa: S314 - pytest wrote it.
    return {
        f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}": "".join(
            f"{part.get('message')} {part.text}" for part in case
        )
        for case in tree.iter("testcase")
        if len(case)
    }


def test_a_test_case_of_unittest_is_told_of_its_misses(pytester: pytest.Pytester) -> None:
    project(pytester, TEST_CASES)

    result = pytester.runpytest("--junitxml=junit.xml")

    result.assert_outcomes(failed=5, passed=2, xfailed=1)
    told = _told(pytester.path)
    for test, word in {
        "TestSync.test_raises": "raised",
        "TestSync.test_fails": "failed",
        "TestSync.test_swallows": "swallowed",
        "TestSync.test_skips": "skipped",
        "TestAsync.test_raises": "asynchronous",
    }.items():
        assert f'requested "{word}"' in told[test]
    assert "not there" in told["TestSync.test_skips"]


def test_a_test_that_skips_itself_after_a_miss_fails(pytester: pytest.Pytester) -> None:
    project(pytester, PLAIN)

    result = pytester.runpytest("--junitxml=junit.xml", "--show-capture=no")

    result.assert_outcomes(failed=1, errors=1, xfailed=1)
    result.stdout.fnmatch_lines(['*requested "in a fixture"', '*requested "skipped"'])


@pytest.mark.parametrize("swallowed", [True, False])
def test_a_long_input_is_kept_in_a_file_that_the_command_reads(
    pytester: pytest.Pytester, swallowed: bool
) -> None:
    expected = "pytest.raises(Refused)" if swallowed else "contextlib.nullcontext()"
    project(
        pytester,
        f"""
import contextlib

def test_image(graphtape_mock):
    with {expected}:
        ask(graphtape_mock, "A" * 2_000_000)
""",
    )

    result = pytester.runpytest("--junitxml=junit.xml")

    (kept,) = (pytester.path / ".graphtape").glob("*.json")
    assert json.loads(kept.read_bytes())["messages"][0]["content"] == "A" * 2_000_000
    result.stdout.fnmatch_lines(
        [f"*graphtape record URL --assistant agent --input @.graphtape/{kept.name}"]
    )
    assert len(result.stdout.str()) < 20_000
    assert (pytester.path / "junit.xml").stat().st_size < 20_000


def test_a_long_input_that_can_not_be_kept_is_cut(pytester: pytest.Pytester) -> None:
    project(pytester, "def test_image(graphtape_mock):\n    ask(graphtape_mock, 'A' * 2_000_000)\n")
    (pytester.path / ".graphtape").touch()

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["The nearest is 'agent'*", "*can't be kept*"])
    assert len(result.stdout.str()) < 20_000


def test_control_characters_are_escaped(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_name(graphtape_mock):
    with pytest.raises(Refused):
        ask(graphtape_mock, assistant="\\x1b[2Jnobody")
    with pytest.raises(Refused):
        post(graphtape_mock, "/%1b[3Jnowhere", {})
    graphtape_mock.assert_called("/runs/stream")
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*x1b[[]2Jnobody*", "*x1b[[]3Jnowhere*"])
    assert "\x1b[" not in result.stdout.str()


def test_a_fixture_that_does_not_exist_hides_no_miss(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
@pytest.fixture
def missed(graphtape_mock):
    with pytest.raises(Refused):
        ask(graphtape_mock, "in a fixture")

def test_it(missed, nowhere):
    pass
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'nowhere' not found*", '*requested "in a fixture"'])
