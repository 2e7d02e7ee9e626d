"""A deployment may have a certificate by a private authority, and ask the client for one.

The certificates beside this file are good until 2126, and good for nothing else.
"""

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from scripted_deployment import answer

from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.deployment.tls import TlsFiles

FILES = Path(__file__).parent / "certificates"
AUTHORITY = FILES / "authority.pem"
CLIENT = TlsFiles(FILES / "client.pem", FILES / "client-key.pem", AUTHORITY)


@contextmanager
def secured() -> Generator[str]:
    """Run a server of TLS that lets in who shows a certificate; yield its URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=AUTHORITY)
    context.load_cert_chain(FILES / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), listener:  # A client that is not let in ends the handshake.
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(answer(200, {"version": "1"}))

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(20)


def test_the_client_shows_its_certificate_and_trusts_the_authority() -> None:
    with secured() as url, DeploymentConnection(url, tls=CLIENT) as upstream:
        assert upstream.fetch("GET", "/info").response.status == 200


def test_key_and_certificate_may_be_one_file(tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join((FILES / f"client{x}.pem").read_bytes() for x in ("", "-key")))

    with (
        secured() as url,
        DeploymentConnection(url, tls=TlsFiles(both, None, AUTHORITY)) as upstream,
    ):
        assert upstream.fetch("GET", "/info").response.status == 200


def test_an_unknown_authority_is_told_with_the_option() -> None:
    with (
        secured() as url,
        DeploymentConnection(url, tls=TlsFiles(CLIENT.cert, CLIENT.cert_key)) as upstream,
        pytest.raises(DeploymentError, match="--cacert"),
    ):
        upstream.fetch("GET", "/info")


def test_without_a_certificate_the_client_is_not_let_in() -> None:
    with (
        secured() as url,
        DeploymentConnection(url, tls=TlsFiles(cacert=AUTHORITY)) as upstream,
        pytest.raises(DeploymentError),
    ):
        upstream.fetch("GET", "/info")


@pytest.mark.parametrize(
    "files",
    [
        TlsFiles(cacert=FILES / "client-key.pem"),
        TlsFiles(FILES / "client.pem"),
        TlsFiles(FILES / "client.pem", FILES / "client-key-encrypted.pem"),
        TlsFiles(FILES / "client.pem", FILES / "gone.pem"),
    ],
    ids=["no certificate", "no key", "encrypted", "gone"],
)
def test_a_file_that_can_not_be_used_is_named(files: TlsFiles) -> None:
    with pytest.raises(DeploymentError) as caught:
        DeploymentConnection("https://h", tls=files)

    assert str(files.cert or files.cacert) in str(caught.value)
