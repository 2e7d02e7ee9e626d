"""The plugin, from outside: a late request of one test is not charged to the next."""

import socket
import threading
from types import SimpleNamespace

import pytest
from user_project import project

from graphtape_suites.mock_fixture.late_threads import LateThreads

LATE = """
import concurrent.futures
import threading

import httpx

go = threading.Event()
answers = []
started = []
pool = concurrent.futures.ThreadPoolExecutor(1)

def by_urllib(mock):
    try:
        ask(mock, "late")
    except Refused as refused:
        return refused.code

def by_httpx(mock):
    return httpx.post(mock.url + "/runs/wait", json={"assistant_id": "late"}).status_code

def by_stream(mock):
    with httpx.Client() as client, client.stream("GET", mock.url + "/ok") as response:
        return response.status_code

def later(mock, send):
    go.wait()
    answers.append(send(mock))

def test_first(graphtape_mock):
    for send in (by_urllib, by_httpx, by_stream):
        started.append(threading.Thread(target=later, args=(graphtape_mock, send)))
    started.append(threading.Timer(0, later, (graphtape_mock, by_urllib)))
    for thread in started:
        thread.start()
    assert pool.submit(ask, graphtape_mock).result()
    ask(graphtape_mock)

def test_second(graphtape_mock):
    graphtape_mock.use(fault=faults.status(503), times=1)
    go.set()
    for thread in started:
        thread.join()
    assert answers == [410] * 4
    assert graphtape_mock.requests == []
    with pytest.raises(Refused) as refused:
        ask(graphtape_mock)
    assert refused.value.code == 503
    assert pool.submit(ask, graphtape_mock).result()
    assert len(graphtape_mock.requests) == 2
"""


def test_a_thread_that_outlives_its_test_is_not_answered_in_the_next(
    pytester: pytest.Pytester,
) -> None:
    project(pytester, LATE)

    result = pytester.runpytest()

    result.assert_outcomes(passed=2)


HALF = """
import socket
import urllib.parse

kept = []
BODY = json.dumps({"assistant_id": "agent", "input": "late"}).encode()

def test_first(graphtape_mock):
    where = urllib.parse.urlsplit(graphtape_mock.url)
    kept.append(socket.create_connection((where.hostname, where.port)))
    head = f"POST /runs/wait HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: {len(BODY)}\\r\\n\\r\\n"
    kept[0].sendall(head.encode() + BODY[:10])
    while not graphtape_mock.requests:
        pass

def test_second(graphtape_mock):
    graphtape_mock.use(fault=faults.status(503), times=1)
    with kept[0] as connection:
        connection.sendall(BODY[10:])
        assert b" 200 " not in connection.recv(100)
    assert graphtape_mock.requests == []
    with pytest.raises(Refused) as refused:
        ask(graphtape_mock)
    assert refused.value.code == 503
"""


def test_a_request_that_began_before_the_test_is_not_charged_to_it(
    pytester: pytest.Pytester,
) -> None:
    project(pytester, HALF)

    result = pytester.runpytest()

    result.assert_outcomes(passed=2)


def test_without_late_threads_no_request_is_late() -> None:
    threads = LateThreads()
    threads.begin()
    threads.end()

    assert not threads.sent(("127.0.0.1", 1))


def test_a_late_thread_is_known_by_its_socket() -> None:
    threads = LateThreads()
    go, over = threading.Event(), threading.Event()
    here, there = socket.socketpair()
    closed = socket.socket()
    closed.close()

    def wait(_: object) -> None:
        go.set()
        over.wait()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        threads.begin()
        thread = threading.Thread(target=wait, args=(SimpleNamespace(a=closed, b=here),))
        thread.start()
        go.wait()
        threads.end()
        assert not threads.sent(address)
        assert not threads.sent(None)
        threads.begin()
        go.clear()
        second = threading.Thread(target=wait, args=(SimpleNamespace(connection=listening),))
        second.start()
        go.wait()
        threads.end()
        assert threads.sent(address)
    over.set()
    thread.join()
    second.join()
    assert not threads.sent(address)
    here.close()
    there.close()
