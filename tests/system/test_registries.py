"""Remote registries over the API: kept with sealed passwords, tested step by step, browsed. Peers are Debian's
docker-registry with htpasswd and TLS, and other servers that are none."""

import json
import stat
import subprocess
import urllib.error
import urllib.request

import pytest

import images
from conftest import needs
from machine import Process, cang, clean_environment, free_port, run, running, wait_until, CangServer

PASSWORD = "very secret indeed"
CONFIG = """version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
auth: {{htpasswd: {{realm: test, path: {passwords}}}}}
http: {{addr: "127.0.0.1:{port}", tls: {{certificate: {cert}, key: {key}}}}}
"""


def api(server, method, path, body=None):
    """(status, document or None)"""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data=data, method=method,
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    assert PASSWORD.encode() not in text
    return status, json.loads(text) if text else None


def openssl(directory, *arguments):
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """ca.pem, and three certificates under it: good.pem for 127.0.0.1, other.pem for another name, old.pem expired."""
    needs("openssl")
    directory = tmp_path_factory.mktemp("tls")
    openssl(directory, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
    openssl(directory, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem",
            "-out", "request", "-subj", "/CN=registry")
    for name, subject, days in (("good", "IP:127.0.0.1", "2"), ("other", "DNS:other.example", "2"),
                                ("old", "IP:127.0.0.1", "-1")):
        (directory / "names").write_text(f"subjectAltName={subject}\n")
        openssl(directory, "x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.pem", "-days", days, "-extfile", "names")
    return directory


class SecureRegistry:
    """docker-registry with TLS, that lets in the user "me" only."""

    def __init__(self, directory, authority, certificate):
        directory.mkdir(parents=True)
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"https://{self.address}"
        passwords = directory / "htpasswd"
        passwords.write_text(run(["htpasswd", "-nbB", "me", PASSWORD]).stdout)
        config = directory / "config.yml"
        config.write_text(CONFIG.format(root=directory / "root", passwords=passwords, port=self.port,
                                        cert=authority / f"{certificate}.pem", key=authority / "key.pem"))
        self.process = Process(["docker-registry", "serve", config], directory / "log",
                               env=clean_environment(directory))
        wait_until(self._answers, 30, "docker-registry answers")

    def _answers(self):
        assert self.process.is_running(), self.process.log_text()
        return subprocess.run(["openssl", "s_client", "-connect", self.address], stdin=subprocess.DEVNULL,
                              capture_output=True, check=False).returncode == 0


@pytest.fixture
def start_registry(tmp_path, authority):
    needs("docker-registry", "htpasswd")
    started = []

    def start(certificate="good"):
        started.append(SecureRegistry(tmp_path / f"registry-{certificate}", authority, certificate))
        return started[-1]

    yield start
    for registry in started:
        registry.process.kill()


def outcome(status_and_test):
    """(steps that were passed, what the failed one says)"""
    status, test = status_and_test
    assert status == 200, test
    passed = [step["step"] for step in test["steps"] if step["ok"]]
    failed = [step for step in test["steps"] if not step["ok"]]
    assert test["ok"] == (not failed) and len(failed) <= 1
    assert all(0 <= step["milliseconds"] < 30_000 for step in test["steps"])
    return passed, (failed[0]["step"], failed[0]["message"]) if failed else None


ALL_STEPS = ["address", "dns", "connect", "tls", "registry", "sign-in"]


def test_a_registry_is_kept_tested_and_browsed(server, start_registry, authority, tmp_path):
    registry = start_registry()
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(50_000, "remote")})
    for name in ("a/app", "b/app"):
        cang("copy", f"oci:{tmp_path}/in:v1", f"docker://{registry.address}/{name}:v1", "--creds", f"me:{PASSWORD}",
             "--ca-file", authority / "ca.pem", home=tmp_path)

    settings = {"name": "work", "url": registry.url, "user": "me", "password": PASSWORD,
                "caCertificate": (authority / "ca.pem").read_text()}
    assert outcome(api(server, "POST", "/registries/test", settings)) == (ALL_STEPS, None)
    status, created = api(server, "POST", "/registries", settings)
    assert status == 201, created
    assert created["host"] == registry.address
    assert created["hasPassword"] and created["hasCaCertificate"] and "password" not in created
    assert api(server, "POST", "/registries", settings)[0] == 409
    path = f"/registries/{created['id']}"
    assert outcome(api(server, "POST", path + "/test")) == (ALL_STEPS, None)
    status, listed = api(server, "GET", "/registries?search=WORK")
    assert (status, listed["total"]) == (200, 1)
    assert listed["items"][0]["lastTest"]["ok"] is True

    first = api(server, "GET", path + "/repositories?limit=1")[1]
    assert first["items"] == [{"name": "a/app"}]
    second = api(server, "GET", path + "/repositories?limit=1&cursor=" + urllib.request.quote(first["next"], safe=""))[1]
    assert second["items"] == [{"name": "b/app"}]
    assert api(server, "GET", path + "/repositories?search=B%2F")[1] == {"items": [{"name": "b/app"}]}
    assert api(server, "GET", path + "/repositories/a/app/-/tags")[1] == {"items": [{"tag": "v1"}]}
    assert api(server, "GET", path + "/repositories/none/-/tags")[0] == 404
    status, image = api(server, "GET", path + "/repositories/a/app/-/images/v1")
    assert status == 200, image
    assert image["repository"] == "a/app" and image["digest"].startswith("sha256:")
    assert image["layers"] and image["config"]["architecture"]
    assert api(server, "GET", path + "/repositories/a/app/-/images/v2")[0] == 404

    # All of it is there after a restart; the password is in no file in plain text, and its key is the owner's alone.
    server.kill()
    server.start()
    assert outcome(api(server, "POST", path + "/test")) == (ALL_STEPS, None)
    key = server.data / "secrets.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for file in server.data.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes(), file
    assert PASSWORD not in server.process.log_text()
    assert api(server, "DELETE", path)[0] == 204
    assert api(server, "GET", path)[0] == 404


def test_the_test_says_what_is_wrong(server, start_registry, authority):
    registry = start_registry()
    certificate = (authority / "ca.pem").read_text()

    def test(**changes):
        body = {"url": registry.url, "user": "me", "password": PASSWORD, "caCertificate": certificate, **changes}
        return outcome(api(server, "POST", "/registries/test", body))[1]

    address = registry.address
    assert test(url="registry.example") == (
        "address", "it has no scheme; write https://HOST[:PORT], or http:// where there is no TLS")
    assert test(url="https://registry.invalid") == (
        "dns", "cannot find the address of registry.invalid; check how the name is written, and the DNS settings of "
               "this server")
    assert test(url="https://127.0.0.1:1") == (
        "connect", "cannot connect to 127.0.0.1:1: Connection refused; check the port, and that the registry runs")
    assert test(caCertificate=None) == (
        "tls", f"the certificate of {address} is signed by an authority that this server does not know; give that "
               "authority's certificate")
    assert test(caCertificate=None, tlsVerify=False) is None
    assert test(url=f"http://{address}") == (
        "registry", f"{address} speaks TLS, not plain HTTP; write https://{address}")
    assert test(url=f"https://{server.address}") == (
        "tls", f"{server.address} speaks plain HTTP, not TLS; write http://{server.address}, or give it a certificate")
    step, message = test(password="wrong")
    assert step == "sign-in" and message.startswith(f"logging in to {address}: {address} answered 401")
    assert message.endswith("; check user and password, and whether it wants an access token for one")
    step, message = test(user=None, password=None)
    assert step == "sign-in" and message.endswith("; give a user and a password")


@pytest.mark.parametrize("certificate, message", [
    ("old", "the certificate of {} has expired; renew it there, and check this server's clock"),
    ("other", "the certificate is for other names than {}; use a name that it has, or have it made for this one"),
])
def test_certificates_are_told_apart(certificate, message, server, start_registry, authority):
    registry = start_registry(certificate)
    body = {"url": registry.url, "caCertificate": (authority / "ca.pem").read_text()}
    assert outcome(api(server, "POST", "/registries/test", body)) == (
        ["address", "dns", "connect"], ("tls", message.format(registry.address)))


def test_another_cang_is_a_registry_too(server, tmp_path):
    with running(CangServer(tmp_path / "other", "--auth", "token")) as other:
        body = {"name": "other", "url": other.url, "user": "admin", "password": "wrong"}
        step, message = outcome(api(server, "POST", "/registries/test", body))[1]
        assert step == "sign-in" and message.startswith(f"getting a token for {other.address}: the token server answered 401")
        body["password"] = other.password_file.read_text().strip()
        passed, failed = outcome(api(server, "POST", "/registries/test", body))
        assert failed is None and passed == ["address", "dns", "connect", "registry", "sign-in"]


def test_a_stored_password_never_goes_to_another_address(server, start_registry, authority):
    registry = start_registry()
    body = {"name": "work", "url": registry.url, "user": "me", "password": PASSWORD,
            "caCertificate": (authority / "ca.pem").read_text()}
    path = f"/registries/{api(server, 'POST', '/registries', body)[1]['id']}"
    moved = {"name": "work", "url": f"http://127.0.0.1:{free_port()}", "user": "me"}
    for method, target in (("PUT", path), ("POST", "/registries/test")):
        status, problem = api(server, method, target, {**moved, "id": path.rsplit("/", 1)[1]})
        assert (status, problem["detail"]) == (400, "the stored password belongs to another url; give it again")
    del body["password"], body["caCertificate"]
    status, changed = api(server, "PUT", path, {**body, "name": "office"})
    assert status == 200 and changed["hasPassword"] and changed["hasCaCertificate"], changed
    assert outcome(api(server, "POST", path + "/test"))[1] is None


def test_a_key_that_others_can_read_is_refused(server):
    server.stop()
    key = server.data / "secrets.key"
    key.chmod(0o644)
    result = cang("serve", "--data", server.data, "--listen", server.address, "--auth", "none", home=server.directory,
                  check=False)
    assert result.returncode != 0
    assert "secrets.key may be read by others than its owner" in result.stderr
    key.chmod(0o600)
    server.start()
