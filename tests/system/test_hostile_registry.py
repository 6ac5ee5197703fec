"""A remote registry that means harm: every answer ends in a plain error, soon, and nothing becomes visible."""

import hashlib
import json
import re
import resource
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import images
from machine import BINARY, clean_environment

IMAGE = images.noise_image(100_000, "hostile")


class Hostile(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    trick = ""

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", media_type="application/json", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if length is not None and length != len(body):
            self.close_connection = True

    def endless(self):
        self.send_response(200)
        self.send_header("Content-Type", images.MANIFEST)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        while True:
            self.wfile.write(chunk)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        try:
            self.serve()
        except OSError:
            self.close_connection = True

    def serve(self):
        self.server.requests.append((self.command, self.path))
        trick = self.server.trick
        if self.path in ("/v2/", "/v2"):
            if trick == "bad-challenge":
                challenge = 'Bearer realm="' + "a" * 100_000 + ',,,="'
                return self.answer(401, b"{}", WWW_Authenticate=challenge[:60_000])
            if trick == "token-loop":
                realm = f"http://127.0.0.1:{self.server.server_port}/token"
                return self.answer(401, b"{}", WWW_Authenticate=f'Bearer realm="{realm}",service="x"')
            return self.answer(200, b"{}")
        if self.path.startswith("/token"):
            return self.answer(200, b'{"token":"never-good-enough"}')
        if self.path.split("?")[0].endswith("/tags/list"):
            return self.answer(200, json.dumps({"name": "app", "tags": [f"v{n}" for n in range(20)]}).encode())
        if "/manifests/" in self.path:
            return self.manifest(trick)
        return self.blob(trick)

    def manifest(self, trick):
        kinds = {
            "garbage-json": b'{"schemaVersion": 2, "config": [[[',
            "not-json": b"\x00\x01\x02 hello",
            "deep-json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
            "wrong-type": b'{"schemaVersion": "two", "layers": 7}',
            "ten-megabytes": b'{"schemaVersion":2,"annotations":{"x":"' + b"y" * 10_000_000 + b'"}}',
            "negative-size": IMAGE.manifest.replace(b'"size": ', b'"size": -'),
            "path-digest": re.sub(rb"sha256:[0-9a-f]{64}", b"sha256:../../../../etc/passwd", IMAGE.manifest),
            "huge-size": re.sub(rb'"size": \d+', b'"size": 9223372036854775807', IMAGE.manifest),
        }
        if trick == "token-loop":
            realm = f"http://127.0.0.1:{self.server.server_port}/token"
            return self.answer(401, b"{}", WWW_Authenticate=f'Bearer realm="{realm}",service="x"')
        if trick == "endless-manifest" and self.command == "GET":
            return self.endless()
        if trick == "redirect-loop":
            return self.answer(307, Location=self.path)
        if trick == "redirect-file":
            return self.answer(307, Location="file:///etc/passwd")
        if trick == "server-error":
            return self.answer(500, b"\x1b[2Jboo" * 100_000)
        body = kinds.get(trick, IMAGE.manifest)
        digest = "sha256:" + ("0" * 64 if trick == "wrong-manifest-digest" else hashlib.sha256(body).hexdigest())
        return self.answer(200, body, images.MANIFEST, Docker_Content_Digest=digest)

    def blob(self, trick):
        digest = self.path.rsplit("/", 1)[1]
        body = IMAGE.blobs.get(digest, b"")
        if trick == "wrong-blob":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if trick == "short-blob":
            return self.answer(200, body[: len(body) // 2], length=len(body) // 2)
        if trick == "long-blob":
            return self.answer(200, body + b"x" * 1_000_000)
        if trick == "broken-length":
            return self.answer(200, body[: len(body) // 2], length=len(body) * 10)
        if trick == "endless-blob":
            return self.endless()
        if trick == "blob-redirect-loop":
            return self.answer(307, Location=self.path)
        return self.answer(200, body, "application/octet-stream")


TRICKS = [
    "garbage-json", "not-json", "deep-json", "wrong-type", "ten-megabytes", "negative-size", "path-digest", "huge-size",
    "token-loop", "bad-challenge", "endless-manifest", "redirect-loop", "redirect-file", "server-error",
    "wrong-manifest-digest", "wrong-blob", "short-blob", "long-blob", "broken-length", "endless-blob",
    "blob-redirect-loop",
]


@pytest.fixture
def hostile():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.daemon_threads = True
    server.trick = ""
    server.requests = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def copy(server, tmp_path, target):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.monotonic()
    result = subprocess.run(
        [str(BINARY), "copy", "--tls-verify=false", "--retry", "1",
         f"docker://127.0.0.1:{server.server_port}/app:v1", target],
        env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    return result, time.monotonic() - started, max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def test_without_tricks_the_copy_works(hostile, tmp_path):
    result, _, _ = copy(hostile, tmp_path, f"oci:{tmp_path}/out:v1")
    assert result.returncode == 0, result.stderr
    assert images.check_layout(tmp_path / "out", "v1") == IMAGE.digest


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_end_in_a_plain_error(trick, hostile, tmp_path):
    hostile.trick = trick
    result, seconds, _ = copy(hostile, tmp_path, f"oci:{tmp_path}/out:v1")
    if trick == "bad-challenge":
        # The challenge is on /v2/ only: whoever asks for the manifest first never sees it.
        assert result.returncode in (0, 1), result.stderr
    else:
        assert result.returncode in (1, 2), result.stdout + result.stderr
    assert "Sanitizer" not in result.stderr and "terminate called" not in result.stderr
    assert seconds < 30
    assert "\x1b" not in result.stderr
    if result.returncode:
        assert result.stderr.splitlines()[-1].startswith(("cang: ", "hint: ")), result.stderr
        assert all(len(line) < 4000 for line in result.stderr.splitlines())
        index = tmp_path / "out/index.json"
        assert not index.exists() or json.loads(index.read_text())["manifests"] == []


def test_a_sync_with_nothing_new_asks_once_for_each_tag(hostile, tmp_path):
    registry = f"127.0.0.1:{hostile.server_port}"
    config = tmp_path / "sync.yaml"
    config.write_text(f"""
registries: {{"{registry}": {{tls-verify: false}}}}
sync: [{{source: "docker://{registry}/app", target: mirror, tags: ["v*"]}}]
""")
    command = [str(BINARY), "sync", "--json", "--config", str(config), "--data", str(tmp_path / "data")]
    for expected in ("copied", "unchanged"):
        hostile.requests.clear()
        result = subprocess.run(command, env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60,
                                check=False)
        assert json.loads(result.stdout)[expected] == 20, result.stdout + result.stderr
    asked = [request for request in hostile.requests if "/manifests/" in request[1] or "/blobs/" in request[1]]
    assert sorted(asked) == sorted(("HEAD", f"/v2/app/manifests/v{n}") for n in range(20))
