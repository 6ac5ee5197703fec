"""TLS with a private authority, and registries that ask for a client certificate."""

import subprocess

import pytest

import images
from conftest import needs
from machine import CangServer, Process, cang, clean_environment, free_port, running, wait_until


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """ca.pem, server.pem for 127.0.0.1 and localhost, client.cert and client.key."""
    needs("openssl")
    directory = tmp_path_factory.mktemp("tls")
    openssl(directory, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name, suffix in (("server", "pem"), ("client", "cert")):
        openssl(directory, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.{suffix}", "-days", "2", "-extfile", "names")
    return directory


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


NGINX = """daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;
events {{}}
http {{
  access_log off; client_max_body_size 0;
  client_body_temp_path {directory}/a; proxy_temp_path {directory}/b; fastcgi_temp_path {directory}/c;
  uwsgi_temp_path {directory}/d; scgi_temp_path {directory}/e;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {tls}/server.pem; ssl_certificate_key {tls}/server.key;
    ssl_client_certificate {tls}/ca.pem; ssl_verify_client on;
    location / {{ proxy_pass http://{target}; proxy_set_header Host $http_host; proxy_request_buffering off; }}
  }}
}}
"""


def test_a_client_certificate_opens_the_door(authority, server, layout, tmp_path):
    needs("nginx")
    directory = tmp_path / "nginx"
    directory.mkdir()
    port = free_port()
    (directory / "conf").write_text(
        NGINX.format(directory=directory, port=port, tls=authority, target=server.address))
    process = Process(["nginx", "-c", directory / "conf", "-p", directory], directory / "log",
                      env=clean_environment(directory))
    try:
        def answers():
            assert process.is_running(), process.log_text()
            return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False).returncode == 0

        wait_until(answers, 20, "nginx answers")
        name = f"docker://127.0.0.1:{port}/app:v1"
        trust = ["--ca-file", authority / "ca.pem"]
        refused = cang("copy", layout, name, *trust, "--retry", "0", home=tmp_path, check=False)
        assert refused.returncode != 0 and "answered 400" in refused.stderr
        credentials = ["--cert", authority / "client.cert", "--key", authority / "client.key"]
        # Behind a proxy the server must be told its own address; relative Locations need nothing.
        cang("copy", layout, name, *trust, *credentials, home=tmp_path)
        assert "v1" in cang("tags", f"docker://127.0.0.1:{port}/app", *trust, *credentials, home=tmp_path).stdout
    finally:
        process.stop()
