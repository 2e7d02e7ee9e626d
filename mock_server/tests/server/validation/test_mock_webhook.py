import pytest

from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.validation.webhook import check_webhook


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/x?y=1",
        "HTTP://10.0.0.1/",
        "http://172.16.0.1:8080/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://user:key@8.8.8.8/",
    ],
)
def test_hosts_elsewhere_are_accepted(url: str) -> None:
    check_webhook(url)


@pytest.mark.parametrize(
    ("url", "status", "detail"),
    [
        ("http://10.0.0.1/" + "x" * 4096, 422, "Webhook URL too long"),
        ("/ok", 422, "Loopback webhooks"),
        ("//host/x", 422, "Loopback webhooks"),
        ("x", 422, "Invalid webhook hostname ''"),
        ("http:///x", 422, "Invalid webhook hostname ''"),
        ("ftp://example.com/x", 422, "Webhook host blocked: scheme 'ftp' not allowed"),
        ("http://localhost:1/", 422, "Webhook host blocked: localhost address"),
        ("http://host.docker.internal/", 422, "Webhook host blocked: localhost address"),
        ("http://metadata/", 422, "Webhook host blocked: cloud metadata endpoint"),
        ("http://x.svc.cluster.local/", 422, "Webhook host blocked: Kubernetes internal DNS"),
        ("http://a.localhost/", 422, "Webhook host blocked: loopback IP range"),
        ("http://localhost./", 422, "Webhook host blocked: loopback IP range"),
        ("http://hooks.invalid/", 422, "Webhook host blocked: DNS resolution failed"),
        ("http://127.0.0.1:9/x", 422, "Webhook host blocked: loopback IP range"),
        ("http://127.1/", 422, "Webhook host blocked: loopback IP range"),
        ("http://2130706433/", 422, "Webhook host blocked: loopback IP range"),
        ("http://169.254.169.254/x", 422, "Webhook host blocked: blocked IP range"),
        ("http://100.100.100.200/", 422, "Webhook host blocked: cloud metadata endpoint"),
        ("http://[::1]/", 422, "Webhook host blocked: blocked IP range"),
        ("http://[fe80::1]/", 422, "Webhook host blocked: blocked IP range"),
        ("http://[::ffff:10.0.0.1]/", 422, "Webhook host blocked: blocked IP range"),
        ("http://[v1.x]/", 422, "Webhook host blocked: DNS resolution failed"),
        ("http://[::1", 400, "Invalid IPv6 URL"),
        ("http://10.0.0.1:99999/", 400, "Port out of range 0-65535"),
        ("http://a..b/", 400, ""),  # The text comes from Python's codec.
    ],
)
def test_hosts_that_the_server_refuses_are_refused(url: str, status: int, detail: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_webhook(url)

    assert caught.value.status == status
    assert caught.value.detail.startswith(detail)
