"""The plugin, from outside: a request that matches no recording fails its test."""

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
    result.stdout.fnmatch_lines(["*Refused: 404*", "*- Captured graphtape call -*", "*'agent'*"])


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
