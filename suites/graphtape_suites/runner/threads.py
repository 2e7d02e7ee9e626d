"""Threads that make requests to the deployment."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from graphtape_mock.deployment.connection import DeploymentConnection


@contextmanager
def request_threads(upstream: DeploymentConnection, count: int) -> Generator[ThreadPoolExecutor]:
    """Yield *count* threads for requests to *upstream*; Ctrl-C in the block ends all requests."""
    with ThreadPoolExecutor(count) as pool:
        try:
            yield pool
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            upstream.abort()
            raise
