"""`python -m graphtape_mock`: the command `graphtape`."""

from graphtape_mock.cli.main import main

main()
