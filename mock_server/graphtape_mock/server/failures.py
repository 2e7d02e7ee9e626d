"""Reports failures of graphtape itself, and never as those of the deployment."""

import logging

from starlette.types import Scope

from graphtape_mock.server.journal import entry_of

LOG = logging.getLogger("graphtape")
"""The log of the mock server. The host process sets its level and handlers."""


def report_failure(error: BaseException, scope: Scope) -> None:
    """Write *error* and its traceback into the log, and the problem into the journal."""
    request = f"{scope['method']} {scope['path']!r}"
    LOG.error("graphtape failed to answer %s", request, exc_info=error)
    entry_of(scope).problem = f"graphtape failed: {type(error).__name__}: {error}"
