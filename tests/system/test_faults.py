"""Full disks, broken disks, slow and malformed clients: a clear refusal, nothing corrupt, and the server lives on."""

import http.client
import os
import pathlib
import resource
import shutil
import socket
import subprocess

import pytest

import images
from distribution import Client, Refused
from machine import CangServer, cang, http_status, running, wait_until


@pytest.fixture
def small_disk(tmp_path):
    """mount(options) -> a tmpfs with these limits."""
    mounted = []

    def mount(options):
        directory = tmp_path / f"disk{len(mounted)}"
        directory.mkdir()
        result = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(directory)], capture_output=True,
                                text=True, check=False)
        if result.returncode != 0:
            pytest.skip(f"cannot mount a tmpfs: {result.stderr.strip()}")
        mounted.append(directory)
        return directory

    yield mount
    for directory in mounted:
        subprocess.run(["umount", "-l", str(directory)], check=False)


def refusal(client, repository, tag, image):
    """The status with which the push is refused; None when it succeeds or the connection breaks."""
    try:
        client.push_image(repository, tag, image)
    except Refused as refused:
        return refused.status
    except (OSError, http.client.HTTPException):
        client.close()
        return "broken"
    return None


def check_still_fine(server, repository, tag, digest):
    assert server.is_alive()
    assert Client(server.address).check_whole(repository, tag) == digest


def test_a_full_disk(small_disk, tmp_path):
    disk = small_disk("size=24m")
    with running(CangServer(tmp_path / "cang", data=disk / "data")) as server:
        small = images.noise_image(100_000, "small")
        Client(server.address).push_image("app", "small", small)
        status = refusal(Client(server.address), "app", "big", images.noise_image(40_000_000, "big"))
        assert status in (500, 503, 507, "broken"), status
        check_still_fine(server, "app", "small", small.digest)
        assert Client(server.address).tags("app") == ["small"]
        server.stop()
        # The check itself needs a little room for the database's journal.
        subprocess.run(["mount", "-o", "remount,size=48m", str(disk)], check=True)
        assert "clean" in cang("fsck", "--deep", "--data", server.data, home=tmp_path).stdout


def test_no_inodes_left(small_disk, tmp_path):
    disk = small_disk("size=64m,nr_inodes=120")
    with running(CangServer(tmp_path / "cang", data=disk / "data")) as server:
        client = Client(server.address)
        pushed = []
        for number in range(100):
            image = images.noise_image(1000, f"inode-{number}")
            status = refusal(client, "app", f"v{number}", image)
            if status is not None:
                assert status in (500, 503, 507), status
                break
            pushed.append((f"v{number}", image.digest))
        else:
            pytest.fail("the inodes did not run out")
        for tag, digest in pushed:
            check_still_fine(server, "app", tag, digest)


@pytest.fixture(scope="session")
def eio_library(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-19")
    if not compiler:
        pytest.skip("no C compiler for the library that breaks the disk")
    library = tmp_path_factory.mktemp("eio") / "eio.so"
    source = pathlib.Path(__file__).parent / "eio.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def test_a_broken_disk(eio_library, tmp_path):
    data = tmp_path / "cang/data"
    switch = tmp_path / "broken"
    environment = {"LD_PRELOAD": str(eio_library), "EIO_SWITCH": str(switch), "EIO_DIRECTORY": str(data),
                   "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    with running(CangServer(tmp_path / "cang", environment=environment)) as server:
        small = images.noise_image(100_000, "small")
        Client(server.address).push_image("app", "small", small)
        switch.touch()
        status = refusal(Client(server.address), "app", "big", images.noise_image(2_000_000, "big"))
        assert status in (500, 503, 507, "broken"), status
        check_still_fine(server, "app", "small", small.digest)
        switch.unlink()
        big = images.noise_image(2_000_000, "big")
        assert refusal(Client(server.address), "app", "big", big) is None
        check_still_fine(server, "app", "big", big.digest)


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS handshake on a plain port
    b"GARBAGE\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET /v2/%00/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PUT /v2/a/manifests/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n",
    bytes(range(256)) * 64,
]


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_garbage_is_refused_at_once(number, server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        reply = b""
        try:
            connection.sendall(GARBAGE[number])
            while b"\r\n" not in reply:
                data = connection.recv(65536)
                if not data:
                    break
                reply += data
        except ConnectionError:
            pass
        # Refused or simply closed; what it never does is answer 200 or 500, or wait.
        assert reply == b"" or reply.startswith(b"HTTP/1.1 4") or reply.startswith(b"HTTP/1.1 505"), reply[:200]
    assert server.is_alive()


def test_slow_loris_keeps_nobody_else_waiting(server):
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(500)]
    try:
        for connection in slow:
            connection.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        client = Client(server.address, timeout=5)
        image = images.noise_image(100_000, "quick")
        client.push_image("app", "v1", image)
        assert client.check_whole("app", "v1") == image.digest
        assert all(connection.fileno() >= 0 for connection in slow)

        def is_cut(connection):
            connection.setblocking(False)
            try:
                return connection.recv(4096) is not None
            except BlockingIOError:
                return False
            except ConnectionError:
                return True

        wait_until(lambda: is_cut(slow[0]), 40, "a head that never ends is cut")
        assert server.is_alive()
    finally:
        for connection in slow:
            connection.close()


def test_ten_thousand_idle_connections(tmp_path):
    wanted = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted + 500:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 5000), hard))
    idle = []
    try:
        flags = ("--auth", "none", "--max-connections-per-address", "0")
        with running(CangServer(tmp_path / "cang", *flags, descriptors=min(hard, 2 * wanted))) as server:
            for _ in range(wanted):
                idle.append(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            assert http_status(server.url + "/v2/", timeout=5) == 200
            image = images.noise_image(100_000, "among many")
            client = Client(server.address, timeout=10)
            client.push_image("app", "v1", image)
            assert client.check_whole("app", "v1") == image.digest
            assert server.is_alive()
    finally:
        for connection in idle:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


HOSTILE_MANIFESTS = {
    "ten megabytes": b'{"schemaVersion":2,"annotations":{"x":"' + b"y" * 10_000_000 + b'"}}',
    "deep nesting": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "not JSON": b"\x00\xff",
    "no blobs": images.noise_image(10, "never pushed").manifest,
    "negative size": images.noise_image(10, "x").manifest.replace(b'"size": ', b'"size": -'),
    "bad digest": images.noise_image(10, "x").manifest.replace(b"sha256:", b"sha256:../"),
}


@pytest.mark.parametrize("kind", HOSTILE_MANIFESTS)
def test_hostile_manifests_are_refused(kind, server):
    client = Client(server.address)
    try:
        client.put_manifest("app", "v1", HOSTILE_MANIFESTS[kind])
        raise AssertionError("accepted")
    except Refused as refused:
        assert refused.status in (400, 404, 413), refused
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was read
    assert server.is_alive()
    assert Client(server.address).tags("app") == []


@pytest.mark.parametrize("name", ["../etc", "UPPER", "a//b", "a/../../b", "%2e%2e/x", "a%00b", "-a", "a" * 300, "."])
def test_path_tricks_in_names_are_refused(name, server):
    status, _, _ = Client(server.address).request("POST", f"/v2/{name}/blobs/uploads/", headers={"Content-Length": "0"})
    assert status in (400, 404), status
    assert server.is_alive()
