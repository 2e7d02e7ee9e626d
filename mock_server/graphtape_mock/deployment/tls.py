"""The certificate of the client, and the certificate authorities that it trusts."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from graphtape_mock.deployment.errors import DeploymentError


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files. A field is None if the user gave no such file."""

    cert: Path | None = None
    """The certificate of the client, together with its key unless `cert_key` is set."""
    cert_key: Path | None = None
    """The private key of `cert`, not encrypted."""
    cacert: Path | None = None
    """The certificate authorities to trust, instead of the public ones."""

    def context(self) -> ssl.SSLContext:
        """Return the context of a connection. Raises DeploymentError, naming the file."""
        try:
            context = (
                ssl.create_default_context(cafile=self.cacert)
                if self.cacert
                else httpx.create_ssl_context()
            )
        except OSError as error:
            raise _unusable(self.cacert, error) from None
        if self.cert:
            try:
                # With no password at all, OpenSSL would ask for one on the terminal.
                context.load_cert_chain(self.cert, self.cert_key, password="")
            except OSError as error:
                raise _unusable(self.cert, error) from None
        return context


def _unusable(file: Path | None, error: OSError) -> DeploymentError:
    return DeploymentError(
        f"expected PEM in {file}, a certificate with the key that fits it, not encrypted; "
        f"got an error: {getattr(error, 'reason', None) or error.strerror or error}"
    )
