"""What every response tells browsers, whom the server believes about its client, and what one client may take."""

import http.client
import re
import ssl

import pytest

from distribution import Client
from machine import CangServer, running, wait_until
from test_tls import TlsServer

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
PAGES = ("/", "/images/library/app", "/api/v1/docs")
DATA = ("/api/v1/repositories", "/api/v1/nothing", "/v2/", "/v2/nothing/manifests/x", "/metrics", "/livez",
        "/api/v1/openapi.json", "/socket.io/?EIO=4&transport=polling")


def test_every_response_keeps_to_itself(server):
    client = Client(server.address)
    for path in (*PAGES, *DATA):
        _, headers, _ = client.request("GET", path, headers=BROWSER if path in PAGES else {})
        for name, value in EVERYWHERE.items():
            assert headers.get_all(name) == [value], (path, name)
        policy, = headers.get_all("Content-Security-Policy")
        assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, path
        if "text/html" in headers["Content-Type"]:
            assert "script-src 'self';" in policy and "object-src 'none'" in policy, path
        else:
            assert policy.startswith("default-src 'none';"), path
        assert "Strict-Transport-Security" not in headers


def test_pages_have_no_script_that_their_policy_forbids(server):
    client = Client(server.address)
    for path in PAGES:
        _, headers, page = client.request("GET", path, headers=BROWSER)
        if "text/html" not in headers["Content-Type"]:
            continue
        for tag, content in re.findall(rb"<script([^>]*)>(.*?)</script>", page, re.S):
            assert b"src=" in tag and not content.strip(), path
        assert not re.search(rb"<[^>]+\son[a-z]+\s*=", page), path


def test_answers_with_private_data_stay_in_no_cache(server):
    client = Client(server.address)
    for path in ("/api/v1/session", "/api/v1/repositories", "/api/v1/system", "/api/v1/settings", "/api/v1/operations",
                 "/api/v1/registries", "/api/v1/storage", "/api/v1/nothing", "/api/v1/repositories/a%00b"):
        _, headers, _ = client.request("GET", path)
        assert headers.get_all("Cache-Control") == ["no-store"], path


def hsts(server):
    connection = http.client.HTTPSConnection(server.address, context=ssl._create_unverified_context(), timeout=30)
    connection.request("GET", "/livez")
    return connection.getresponse().headers.get_all("Strict-Transport-Security")


@pytest.mark.parametrize("flags, value", [((), ["max-age=31536000"]), (("--hsts", "30d"), ["max-age=2592000"]),
                                          (("--hsts", "0"), None)])
def test_tls_is_remembered_unless_told_otherwise(authority, tmp_path, flags, value):
    pair = ("--tls-cert", authority / "server.pem", "--tls-key", authority / "server.key")
    with running(TlsServer(tmp_path / "cang", "--auth", "none", *pair, *flags)) as server:
        assert hsts(server) == value


def test_tls_is_at_least_version_1_2(authority, tmp_path):
    pair = ("--tls-cert", authority / "server.pem", "--tls-key", authority / "server.key")
    with running(TlsServer(tmp_path / "cang", "--auth", "none", *pair)) as server:
        old = ssl._create_unverified_context()
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        connection = http.client.HTTPSConnection(server.address, context=old, timeout=30)
        with pytest.raises(ssl.SSLError):
            connection.request("GET", "/livez")


def logged_address(server, forwarded_for):
    client = Client(server.address)
    mark = f"/livez?{len(server.process.log.read_text())}"
    client.request("GET", mark, headers={"X-Forwarded-For": forwarded_for})

    def find():
        return re.search(re.escape(f"target={mark} ") + r".*? addr=(\S+)", server.process.log.read_text())
    return wait_until(find, 30, "the request is logged").group(1)


def test_the_client_behind_trusted_proxies_is_the_last_address_that_is_none(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "none", "--trusted-proxies", "127.0.0.1,10.0.0.0/8")) as server:
        assert logged_address(server, "198.51.100.1, 203.0.113.7, 10.0.0.2") == "203.0.113.7"
        assert logged_address(server, "203.0.113.7, nonsense") == "127.0.0.1"


def test_nobody_is_believed_by_default(server):
    assert logged_address(server, "203.0.113.7") == "127.0.0.1"


def test_trust_proxy_means_those_nearby(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "none", "--trust-proxy")) as server:
        assert logged_address(server, "203.0.113.7, 192.168.0.1") == "203.0.113.7"


def test_limits_are_settings(tmp_path):
    flags = ("--auth", "none", "--max-header-size", "4KiB", "--max-body-size", "1KiB", "--max-connections-per-address", "3")
    with running(CangServer(tmp_path / "cang", *flags)) as server:
        client = Client(server.address)
        assert client.request("GET", "/livez", headers={"X-Filler": "x" * 5000})[0] == 431
        client.close()
        assert Client(server.address).request("POST", "/v2/a/blobs/uploads/?digest=sha256:" + 64 * "0", body=2000 * b"x")[0] == 413
        held = [http.client.HTTPConnection(server.address, timeout=30) for _ in range(4)]

        def refused():
            try:
                held[3].request("GET", "/livez")
                held[3].getresponse().read()
                held[3].close()
                return False
            except (http.client.HTTPException, OSError):
                held[3].close()
                return True
        for connection in held[:3]:
            connection.request("GET", "/livez")
            connection.getresponse().read()
        assert refused()
        held[0].close()
        wait_until(lambda: not refused(), 30, "a place is free again")
