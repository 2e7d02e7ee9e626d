"""Option values: files, and values given directly."""

import pytest

from graphtape_suites.runner.option_files import check_option_files


@pytest.mark.parametrize("text", ["null", "1", '"a"', "[]", "{}", ' {"broken'])
def test_an_input_that_is_json_is_not_looked_for_as_a_file(
    pytester: pytest.Pytester, text: str
) -> None:
    check_option_files(pytester.parseconfig(f"--graphtape-input={text}"))


@pytest.mark.parametrize("text", ["@null", "nothing", "no/such.json"])
def test_an_input_that_is_no_json_is_a_file_that_must_be_there(
    pytester: pytest.Pytester, text: str
) -> None:
    with pytest.raises(pytest.UsageError, match=r"--graphtape-input: .*no such file"):
        check_option_files(pytester.parseconfig(f"--graphtape-input={text}"))


@pytest.mark.parametrize(
    "option",
    ["--graphtape-header-file", "--graphtape-cert", "--graphtape-cacert"],
)
def test_a_file_of_credentials_must_be_there(pytester: pytest.Pytester, option: str) -> None:
    with pytest.raises(pytest.UsageError, match=f"{option}: .*no such file"):
        check_option_files(pytester.parseconfig(f"{option}=gone"))


def test_a_key_without_its_certificate_is_refused(pytester: pytest.Pytester) -> None:
    (pytester.path / "key").touch()

    with pytest.raises(pytest.UsageError, match="--graphtape-cert-key: "):
        check_option_files(pytester.parseconfig("--graphtape-cert-key=key"))


def test_files_that_are_there_are_not_read_yet(pytester: pytest.Pytester) -> None:
    (pytester.path / "file").touch()

    check_option_files(
        pytester.parseconfig(
            *("--graphtape-header-file=file", "--graphtape-cert=file", "--graphtape-cert-key=file")
        )
    )
