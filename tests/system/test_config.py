"""The settings: a file, variables and options; what checks them; what changes while the server runs."""

import json
import pathlib
import signal
import subprocess

import jsonschema
import pytest

from distribution import Client
from machine import ROOT, BINARY, CangServer, Process, cang, clean_environment, http_status, run, running, wait_until

@pytest.fixture
def config(tmp_path):
    return tmp_path / "cang.yaml"


def verify(config, tmp_path, **environment):
    return cang("config", "verify", "--config", config, home=tmp_path, check=False, environment=environment)


def settings_of(server):
    status, _, body = Client(server.address).request("GET", "/api/v1/settings")
    assert status == 200
    return {item["key"]: item for item in json.loads(body)["items"]}


def test_a_server_runs_on_a_file_alone(config, tmp_path):
    config.write_text(f"server:\n  listen: 127.0.0.1:0\naccess:\n  auth: none\nstorage:\n  data: {tmp_path}/data\n")
    server = Process([BINARY, "serve", "--config", config], tmp_path / "log", env=clean_environment(tmp_path))
    wait_until(lambda: "serving url=" in server.log_text(), 30, "the server serves")
    assert (tmp_path / "data" / "cang.db").exists()
    assert server.stop() == 0


def test_an_option_goes_before_a_variable_before_the_file(config, tmp_path):
    config.write_text("storage:\n  gc-interval: 2h\n  gc-grace: 2h\n  upload-expiry: 2h\nlog: {access-log: false}\n")
    server = CangServer(tmp_path / "cang", "--auth", "none", "--config", config, "--gc-interval", "4h", "--access-log",
                        environment={"CANG_GC_INTERVAL": "3h", "CANG_GC_GRACE": "3h", "CANG_GC_UNTAGGED": "1"})
    with running(server):
        settings = settings_of(server)
        told = {key: (settings[f"storage.{key}"]["value"], settings[f"storage.{key}"]["source"])
                for key in ("gc-interval", "gc-grace", "upload-expiry", "gc-untagged")}
        assert told == {"gc-interval": ("4h", "flag"), "gc-grace": ("3h", "environment"),
                        "upload-expiry": ("2h", "file"), "gc-untagged": ("1", "environment")}
        assert settings["log.access-log"]["value"] == "true"
        assert settings["server.threads"] == {
            "key": "server.threads", "value": "0", "source": "default", "reloadable": False,
            "description": "Event loops; 0 for one a core."}


def test_verify_tells_everything_that_is_wrong(config, tmp_path):
    config.write_text("server:\n  lisen: :80\n  threads: many\n  tls-cert: missing.pem\nlog:\n  log-level: loud\n")
    result = verify(config, tmp_path, CANG_GC_GRACE="soon")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        f'{config}:2:3: unknown key "lisen" in server; did you mean listen?',
        f"{config}:3:12: server.threads: must be a number from 0 to 256",
        f"{config}:6:14: log.log-level: must be debug, info, warn, error or off",
        "CANG_GC_GRACE: a duration starts with a number, as in 90s, 15m or 1h (at character 1)",
        f"{config}:4:13: server.tls-cert: certificate and key come together",
    ]
    shown = json.loads(cang("config", "verify", "--config", config, "--json", home=tmp_path, check=False).stdout)
    assert shown["valid"] is False and len(shown["problems"]) == 4


def test_verify_reads_the_files_that_are_named(config, tmp_path, authority):
    config.write_text(f"server:\n  tls-cert: {authority}/server.pem\n  tls-key: {authority}/ca.key\n"
                      "access: {admin-password-file: /nothing}\n")
    assert verify(config, tmp_path).stdout.splitlines() == [
        f"{config}:2:13: server.tls-cert: the TLS key file cannot be used with the certificate",
        f"{config}:4:31: access.admin-password-file: the file cannot be read"]
    config.write_text(f"server:\n  tls-cert: {authority}/server.pem\n  tls-key: {authority}/server.key\n")
    assert verify(config, tmp_path).stdout == f"{config} is valid\n"


def test_a_file_that_is_missing_is_not_found(tmp_path):
    result = verify(tmp_path / "nothing.yaml", tmp_path)
    assert result.returncode == 2
    assert f"cannot read the configuration file {tmp_path}/nothing.yaml" in result.stderr


def test_the_server_does_not_start_with_a_problem(config, tmp_path):
    config.write_text("servr: {}\nlog: []\n")
    result = run([BINARY, "serve", "--config", config, "--data", tmp_path / "data"], check=False,
                 env=clean_environment(tmp_path))
    assert result.returncode == 3
    assert f'{config}:1:1: unknown section "servr"; did you mean server?' in result.stderr
    assert "`cang config verify` tells 1 more" in result.stderr
    missing = run([BINARY, "serve"], check=False, env=clean_environment(tmp_path))
    assert missing.returncode == 3
    assert "--data: name the directory that keeps everything" in missing.stderr


def test_show_tells_values_and_sources(config, tmp_path):
    config.write_text("storage: {gc-interval: 2h}\n")
    shown = json.loads(cang("config", "show", "--json", home=tmp_path,
                            environment={"CANG_CONFIG": str(config), "CANG_AUTH": "none"}).stdout)
    items = {item["key"]: item for item in shown["items"]}
    assert (items["storage.gc-interval"]["value"], items["storage.gc-interval"]["source"]) == ("2h", "file")
    assert (items["access.auth"]["value"], items["access.auth"]["source"]) == ("none", "environment")
    text = cang("config", "show", "--config", config, home=tmp_path).stdout
    assert "storage.gc-interval" in text and "2h" in text


def test_the_schema_accepts_what_verify_accepts(config, tmp_path):
    schema = json.loads(cang("config", "schema", home=tmp_path).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    cases = [
        ({"server": {"listen": ":80", "threads": 4, "trusted-proxies": ["loopback"]}}, True),
        ({"server": None, "log": {"access-log": True, "log-level": "warn"}}, True),
        ({"storage": {"gc-interval": 0, "gc-grace": "90s"}}, True),
        ({"limits": {"max-header-size": "64KiB", "max-body-size": 1000000}}, True),
        ({"servr": {}}, False),
        ({"server": {"lisen": "x"}}, False),
        ({"server": {"threads": 257}}, False),
        ({"server": {"threads": "4"}}, False),
        ({"log": {"access-log": "true"}}, False),
        ({"log": {"log-level": "loud"}}, False),
        ({"storage": {"gc-grace": 90}}, False),
        ({"storage": {"gc-grace": "soon"}}, False),
        ([], False),
    ]
    for document, valid in cases:
        config.write_text(json.dumps(document))  # which is YAML too
        assert validator.is_valid(document) == valid, document
        assert (verify(config, tmp_path).returncode == 0) == valid, document


def test_the_files_to_begin_with_are_valid(tmp_path):
    assert verify(ROOT / "deploy/cang.yaml", tmp_path).returncode == 0


class Reloading(CangServer):
    def hangup(self, word):
        """Asks for a reload, and waits until the log says `word` once more."""
        before = self.log_of(word)
        self.process.signal(signal.SIGHUP)
        wait_until(lambda: self.log_of(word) > before, 30, word)

    def log_of(self, word):
        return self.process.log.read_text().count(word)

    def log_has(self, text):
        return text in self.process.log.read_text()


def test_a_reload_changes_what_may_change(config, tmp_path):
    config.write_text("storage: {gc-interval: 0}\nlog: {access-log: false}\n")
    server = Reloading(tmp_path / "cang", "--auth", "none", "--config", config)
    with running(server):
        assert not server.log_has("request method=GET")
        config.write_text("storage: {gc-interval: 200ms}\nlog: {access-log: true}\nserver: {threads: 2}\n")
        server.hangup("settings.reloaded")
        assert server.log_has("settings.restart_needed key=server.threads")
        assert server.log_has("settings.reloaded changed=storage.gc-interval,log.access-log")
        assert http_status(server.url + "/livez") == 200
        wait_until(lambda: server.log_has("target=/livez"), 30, "the access log is on")
        wait_until(lambda: collections(server) > 0, 30, "a collection by the schedule")
        settings = settings_of(server)
        assert settings["storage.gc-interval"]["value"] == "200ms"
        assert settings["server.threads"]["value"] == "0"


def collections(server):
    _, _, body = Client(server.address).request("GET", "/api/v1/operations?type=registry.gc&state=succeeded")
    return json.loads(body)["total"]


def test_a_reload_of_a_broken_file_changes_nothing(config, tmp_path):
    config.write_text("storage: {gc-grace: 2h}\n")
    server = Reloading(tmp_path / "cang", "--auth", "none", "--config", config)
    with running(server):
        config.write_text("storage: {gc-grace: 3h, gc-interval: soon}\n")
        server.hangup("settings.not_reloaded")
        assert server.log_has("settings.problem reason=")
        assert settings_of(server)["storage.gc-grace"]["value"] == "2h"
        config.unlink()
        server.hangup('task_failed task="settings reload" error="cannot read the configuration file')
        config.write_text("storage: {gc-grace: 3h}\n")
        server.hangup("settings.reloaded")
        assert settings_of(server)["storage.gc-grace"]["value"] == "3h"


def served_certificate(port):
    shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, check=False).stdout
    return shown[shown.find("-----BEGIN"):shown.find("-----END")]


class TlsReloading(Reloading):
    def _is_ready(self):
        assert self.process.is_running(), self.process.log_text()
        return served_certificate(self.port) != ""


def test_a_reload_takes_a_certificate_from_another_place(config, tmp_path, authority):
    pair = "server: {{tls-cert: {0}/{1}, tls-key: {0}/{2}}}\n"
    config.write_text(pair.format(authority, "server.pem", "server.key"))
    server = TlsReloading(tmp_path / "cang", "--auth", "none", "--config", config)
    with running(server):
        first = served_certificate(server.port)
        assert first in pathlib.Path(authority / "server.pem").read_text()
        config.write_text(pair.format(authority, "client.cert", "ca.key"))
        server.hangup('task_failed task="settings reload" error="the TLS key file cannot be used')
        assert served_certificate(server.port) == first
        config.write_text(pair.format(authority, "client.cert", "client.key"))
        server.hangup("settings.reloaded")
        assert served_certificate(server.port) in pathlib.Path(authority / "client.cert").read_text()
        config.write_text("server: {}\n")
        server.hangup("settings.restart_needed key=server.tls-cert")
        assert served_certificate(server.port) in pathlib.Path(authority / "client.cert").read_text()
