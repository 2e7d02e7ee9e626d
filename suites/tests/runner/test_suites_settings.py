"""Settings: options override the environment, which overrides the configuration."""

from pathlib import Path

import pytest

from graphtape_mock.deployment.limits import BODY_BYTES, Limits
from graphtape_mock.deployment.tls import TlsFiles
from graphtape_suites.runner import options
from graphtape_suites.runner.profile import DEEP, PROFILES, STANDARD
from graphtape_suites.runner.settings import MOCK_RUNS, Settings, settings_of

URL = "http://option.test"
VARIABLE = {"LANGGRAPH_API_URL": "http://variable.test"}


def _settings(
    pytester: pytest.Pytester, *options: str, environment: dict[str, str] | None = None
) -> Settings:
    return settings_of(pytester.parseconfig(*options), environment or {})


def test_by_default_the_mock_is_judged_and_costs_nothing(pytester: pytest.Pytester) -> None:
    settings = _settings(pytester)

    assert settings.url is None
    assert settings.max_runs == MOCK_RUNS
    assert settings.concurrency > 1
    assert settings.deterministic
    assert settings.expected_failures is None
    assert settings.profile is STANDARD
    assert (settings.level, settings.repeat, settings.timeout) == ("should", 1, 60.0)


def test_a_deployment_costs_money(pytester: pytest.Pytester) -> None:
    settings = _settings(pytester, "--graphtape-url", URL, "--graphtape-profile", "deep")

    assert settings.url == URL
    assert settings.max_runs == DEEP.runs
    assert settings.max_seconds == DEEP.seconds
    assert settings.concurrency == 1
    assert not settings.deterministic


def test_an_option_goes_before_the_environment(pytester: pytest.Pytester) -> None:
    settings = _settings(pytester, "--graphtape-url", URL, environment=VARIABLE)

    assert settings.url == URL


def test_the_environment_goes_before_the_configuration(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngraphtape_url = http://ini.test")

    assert _settings(pytester, environment=VARIABLE).url == VARIABLE["LANGGRAPH_API_URL"]


def test_the_configuration_names_the_deployment(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngraphtape_url = http://ini.test")

    assert _settings(pytester).url == "http://ini.test"


def test_all_that_the_user_says_is_taken(pytester: pytest.Pytester) -> None:
    settings = _settings(
        pytester,
        *("--graphtape-header", "a: 1", "--graphtape-header", "b: 2"),
        *("--graphtape-assistant", "agent", "--graphtape-input", "{}"),
        *("--graphtape-level", "note", "--graphtape-dialect", "aegra"),
        *("--graphtape-contract", "0.16", "--graphtape-max-runs", "5"),
        *("--graphtape-max-time", "2.5", "--graphtape-concurrency", "3"),
        *("--graphtape-timeout", "7", "--graphtape-repeat", "2", "--graphtape-deterministic"),
        *("--graphtape-url", URL, "--graphtape-expected-failures", "known.toml"),
    )

    assert settings == Settings(
        url=URL,
        headers=("a: 1", "b: 2"),
        assistants=("agent",),
        inputs=("{}",),
        profile=STANDARD,
        level="note",
        dialect="aegra",
        contract="0.16",
        max_runs=5,
        max_seconds=2.5,
        concurrency=3,
        timeout=7.0,
        repeat=2,
        deterministic=True,
        expected_failures=Path("known.toml"),
        recordings=(),
    )


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (("--graphtape-url", ""), {}),
        (("--graphtape-url", ""), VARIABLE),
        ((), {"LANGGRAPH_API_URL": ""}),
    ],
)
def test_an_empty_url_is_not_taken_for_none(
    pytester: pytest.Pytester, options: tuple[str, ...], environment: dict[str, str]
) -> None:
    settings = _settings(pytester, *options, environment=environment)

    assert settings.url == ""
    assert settings.max_runs == STANDARD.runs


def test_what_lets_the_user_in_is_taken(pytester: pytest.Pytester) -> None:
    ini = pytester.makeini("[pytest]\ngraphtape_header_file = of-ini")
    settings = _settings(
        pytester,
        *("--graphtape-header-file", "one", "--graphtape-header-file", "two"),
        *("--graphtape-cert", "c", "--graphtape-cert-key", "k", "--graphtape-cacert", "a"),
    )

    assert settings.header_files == (ini.parent / "of-ini", Path("one"), Path("two"))
    assert settings.tls == TlsFiles(Path("c"), Path("k"), Path("a"))


def test_the_limits_are_those_of_the_options(pytester: pytest.Pytester) -> None:
    settings = _settings(
        pytester,
        *("--graphtape-timeout", "7", "--graphtape-max-time", "9", "--graphtape-max-bytes", "2MB"),
    )

    assert settings.limits == Limits(7.0, 9.0, 2_000_000, prefix="--graphtape-")
    assert _settings(pytester).limits.body_bytes == BODY_BYTES


def test_what_is_no_size_is_refused(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(pytest.UsageError, match="--graphtape-max-bytes"):
        _settings(pytester, "--graphtape-max-bytes", "many")


def test_the_configuration_names_a_file_beside_it(pytester: pytest.Pytester) -> None:
    ini = pytester.makeini("[pytest]\ngraphtape_expected_failures = known.toml")

    assert _settings(pytester).expected_failures == ini.parent / "known.toml"


def test_a_file_of_the_command_line_is_found_from_the_root(pytester: pytest.Pytester) -> None:
    settings = _settings(pytester, "-o", "graphtape_expected_failures=known.toml")

    assert settings.expected_failures == pytester.path / "known.toml"


def test_the_help_says_what_can_be_told(pytester: pytest.Pytester) -> None:
    usage = pytester.runpytest_inprocess("--help")

    usage.stdout.fnmatch_lines(
        [
            "graphtape: *",
            "*--graphtape-url=URL*",
            "*--graphtape-input=JSON|FILE*",
            "*--graphtape-profile={smoke,standard,deep}*",
            "*--graphtape-max-runs=N*",
            "*--graphtape-expected-failures=FILE*",
            "*--graphtape-list*",
            "*graphtape_url*",
        ]
    )


def test_the_profiles_that_can_be_named_are_those_there_are() -> None:
    assert (tuple(PROFILES), STANDARD.name) == (options.PROFILES, options.DEFAULT_PROFILE)
