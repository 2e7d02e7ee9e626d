"""`python -m understudy_mock`: the command `understudy`."""

from understudy_mock.cli import main

main()
