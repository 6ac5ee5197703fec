"""TLS with a private authority, and registries that ask for a client certificate."""

import subprocess

import pytest

import images
from machine import CangServer, cang, running
from nginx import tls_proxy


@pytest.fixture
def layout(tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(50_000, "tls")})
    return f"oci:{tmp_path}/in:v1"


class TlsServer(CangServer):
    def _is_ready(self):
        assert self.process.is_running(), self.process.log_text()
        probe = subprocess.run(["openssl", "s_client", "-connect", self.address], stdin=subprocess.DEVNULL,
                               capture_output=True, check=False)
        return probe.returncode == 0


@pytest.fixture
def tls_server(authority, tmp_path):
    server = TlsServer(tmp_path / "cang", "--auth", "none", "--tls-cert", authority / "server.pem", "--tls-key",
                       authority / "server.key")
    with running(server) as started:
        yield started


def test_a_private_authority_is_trusted_when_told(authority, tls_server, layout, tmp_path):
    name = f"docker://{tls_server.address}/app:v1"
    unknown = cang("copy", layout, name, "--retry", "0", home=tmp_path, check=False)
    assert unknown.returncode == 1
    assert unknown.stderr.splitlines()[-1] == (
        "hint: trust the registry's authority with --ca-file FILE, or pass --tls-verify=false"), unknown.stderr
    cang("copy", layout, name, "--ca-file", authority / "ca.pem", home=tmp_path)
    cang("inspect", name, "--tls-verify=false", home=tmp_path)
    directory = tmp_path / "certs.d"
    directory.mkdir()
    (directory / "ca.crt").write_bytes((authority / "ca.pem").read_bytes())
    cang("inspect", name, "--cert-dir", directory, home=tmp_path)


def test_the_server_url_may_be_https(authority, tls_server, layout, tmp_path):
    flags = ["--server", f"https://{tls_server.address}", "--ca-file", authority / "ca.pem"]
    cang("copy", layout, "app:v1", *flags, home=tmp_path)
    assert cang("tags", "app", *flags, home=tmp_path).stdout == "v1\n"


def test_a_client_certificate_opens_the_door(authority, server, layout, tmp_path):
    with tls_proxy(tmp_path / "nginx", authority, server.address,
                   server=f"ssl_client_certificate {authority}/ca.pem; ssl_verify_client on;",
                   location="proxy_request_buffering off;") as address:
        name = f"docker://{address}/app:v1"
        trust = ["--ca-file", authority / "ca.pem"]
        refused = cang("copy", layout, name, *trust, "--retry", "0", home=tmp_path, check=False)
        assert refused.returncode != 0 and "answered 400" in refused.stderr
        credentials = ["--cert", authority / "client.cert", "--key", authority / "client.key"]
        # Behind a proxy the server must be told its own address; relative Locations need nothing.
        cang("copy", layout, name, *trust, *credentials, home=tmp_path)
        assert "v1" in cang("tags", f"docker://{address}/app", *trust, *credentials, home=tmp_path).stdout
