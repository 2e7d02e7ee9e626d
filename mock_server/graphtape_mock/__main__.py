"""`python -m graphtape_mock`: the command `graphtape`."""

from graphtape_mock.cli import main

main()
