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
