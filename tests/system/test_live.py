"""The live topics of a real server: the npm clients, a proxy with TLS in front, clients that never read, the end."""

import json
import os
import resource
import ssl
import subprocess
import threading
import urllib.request

import pytest

from live import LiveSocket, is_cut, resident_mb, sign_in
from machine import CangServer, running, wait_until
from nginx import tls_proxy

STEPS = 5
SILENT_CLIENTS = 5_000
COLLECTIONS = 120
MAX_GROWTH_MB = 200


def cookie_of(header):
    return header.split(";")[0]


def run_clients(folder, url, version, cookie, **environment):
    return subprocess.run(["node", "live_clients.mjs", url, f"socket.io-client-{version}", cookie], cwd=folder,
                          capture_output=True, text=True, timeout=120, env=dict(os.environ, **environment))


@pytest.fixture
def closed_server(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as started:
        yield started


@pytest.mark.parametrize("version", ["4.7", "4.8"])
def test_the_npm_client_follows_operations(clients, closed_server, version):
    header = sign_in(closed_server.url)
    assert header.endswith("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"), header
    result = run_clients(clients, closed_server.url, version, cookie_of(header))
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("ok ") == STEPS, result.stdout


BEHIND_A_PROXY = """
      proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For $remote_addr;
"""


@pytest.mark.parametrize("version", ["4.7", "4.8"])
def test_nginx_with_tls_may_stand_in_front(clients, authority, tmp_path, version):
    server = CangServer(tmp_path / "cang", "--auth", "token", "--trust-proxy")
    with running(server), tls_proxy(tmp_path / "nginx", authority, server.address, location=BEHIND_A_PROXY) as address:
        url = f"https://{address}"
        header = sign_in(url, ssl.create_default_context(cafile=authority / "ca.pem"))
        assert header.endswith("; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=43200"), header
        result = run_clients(clients, url, version, cookie_of(header), NODE_EXTRA_CA_CERTS=str(authority / "ca.pem"))
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout.count("ok ") == STEPS, result.stdout


def collect(server, cookie):
    request = urllib.request.Request(server.url + "/api/v1/gc?dryRun=true", method="POST", data=b"",
                                     headers={"Cookie": cookie, "X-Requested-With": "cang"})
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 200


@pytest.mark.slow
def test_thousands_of_clients_that_never_read_cost_little_and_slow_nobody(tmp_path):
    wanted = SILENT_CLIENTS + 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        pytest.skip(f"{hard} descriptors are too few")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    # What AddressSanitizer keeps of freed memory is not the server's.
    server = CangServer(tmp_path / "cang", "--auth", "token", descriptors=wanted,
                        environment={"ASAN_OPTIONS": "quarantine_size_mb=8"})
    silent = []
    with running(server):
        try:
            cookie = cookie_of(sign_in(server.url))
            for _ in range(SILENT_CLIENTS):
                client = LiveSocket(server.port, cookie, receive_buffer=4096)
                client.send('42["operations.watch",{}]')
                silent.append(client)
            reader = LiveSocket(server.port, cookie)
            assert reader.receive().startswith('42["server"')
            reader.send('420["operations.watch",{}]')
            assert reader.receive() == '430[{"ok":true}]'
            before = resident_mb(server.process.child.pid)
            ends = []

            def read():
                while len(ends) < COLLECTIONS:
                    name, operation = json.loads(reader.receive()[2:])
                    assert name == "operation"
                    if operation["state"] == "succeeded":
                        ends.append(operation["id"])

            reading = threading.Thread(target=read)
            reading.start()
            for _ in range(COLLECTIONS):
                collect(server, cookie)
            reading.join(60)
            assert len(ends) == COLLECTIONS, "the reader missed some, or they came too late"
            growth = resident_mb(server.process.child.pid) - before
            print(f"{SILENT_CLIENTS} clients that never read: {growth:.0f} MB more than connected ({before:.0f} MB)")
            assert growth < MAX_GROWTH_MB
            assert server.is_alive()
        finally:
            for client in silent:
                client.close()


def test_the_server_ends_in_time_with_clients_connected(closed_server):
    cookie = cookie_of(sign_in(closed_server.url))
    connected = [LiveSocket(closed_server.port, cookie) for _ in range(50)]
    query = closed_server.url + "/socket.io/?EIO=4&transport=polling"
    with urllib.request.urlopen(query, timeout=10) as response:
        session = json.loads(response.read()[1:])["sid"]
    waiting = subprocess.Popen(["curl", "-s", f"{query}&sid={session}"], stdout=subprocess.PIPE)
    assert closed_server.process.stop(seconds=8) == 0, "less than the grace that requests get"
    assert waiting.communicate(timeout=10)[0] in (b"1", b"")
    for client in connected:
        wait_until(lambda client=client: is_cut(client), 5, "the connection ends")
        client.close()
