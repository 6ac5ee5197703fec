"""The server is killed in the middle of every kind of operation. It goes on with what it can go on with, and the history
tells the truth."""

import http.client
import threading

import pytest

import images
from api import Api
from distribution import Client
from machine import cang, wait_until
from proxy import Proxy

SIZE = 64_000_000
# What was on the wire when the server died is sent again: socket buffers, and what the store had not flushed.
SLACK = 24_000_000
RESUMED = ["pending", "running", "pending", "running", "succeeded"]


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    directory = tmp_path_factory.mktemp("large")
    digest = images.write_layout(directory / "in", {"v1": images.noise_image(SIZE, "large")})["v1"]
    return directory / "in", digest


@pytest.fixture
def remote(registry, layout, tmp_path):
    """A registry with a large image, behind a proxy that holds it back half way."""
    cang("copy", f"oci:{layout[0]}:v1", f"docker://{registry.address}/app:v1", "--tls-verify=false", home=tmp_path)
    proxy = Proxy(registry.port)
    proxy.hold_after("down", SIZE // 2)
    yield proxy
    proxy.close()


def kill_half_way(server, proxy):
    assert proxy.held.wait(60)
    server.kill()
    proxy.release()
    server.start()


def test_a_copy_moves_only_the_rest(server, remote, layout):
    api = Api(server)
    api.add_registry(remote.address)
    started = api.post("/copies", {"source": f"docker://{remote.address}/app:v1", "target": "app:v1"})
    kill_half_way(server, remote)
    result = api.succeed(started)
    assert result["digest"] == layout[1]
    assert SIZE < remote.bytes["down"] < SIZE + SLACK
    assert api.states(started) == RESUMED
    assert Client(server.address).check_whole("app", "v1") == layout[1]


def test_a_copy_that_a_clean_stop_interrupted_goes_on(server, remote, layout):
    api = Api(server)
    api.add_registry(remote.address)
    started = api.post("/copies", {"source": f"docker://{remote.address}/app:v1", "target": "app:v1"})
    assert remote.held.wait(60)
    server.stop()
    remote.release()
    server.start()
    api.succeed(started)
    assert SIZE < remote.bytes["down"] < SIZE + SLACK
    assert api.states(started) == ["pending", "running", "interrupted", "pending", "running", "succeeded"]


def test_a_sync_moves_only_the_rest(server, remote, layout):
    api = Api(server)
    api.add_registry(remote.address)
    config = f"sync:\n- source: docker://{remote.address}/app\n  target: mirror\n"
    started = api.post("/syncs", {"config": config})
    kill_half_way(server, remote)
    assert api.succeed(started)["copied"] == 1
    assert SIZE < remote.bytes["down"] < SIZE + SLACK
    assert api.states(started) == RESUMED
    assert Client(server.address).check_whole("mirror/app", "v1") == layout[1]


def test_an_export_is_written_anew(server, remote, layout):
    api = Api(server)
    api.add_registry(remote.address)
    started = api.post("/exports", {"images": [f"docker://{remote.address}/app:v1"], "format": "oci-archive"})
    kill_half_way(server, remote)
    result = api.succeed(started)
    assert api.states(started) == RESUMED
    files = list((server.data / "archives/exports").iterdir())
    assert [file.name for file in files] == [f"{started['id']}.tar"], "nothing half-done is left"
    assert files[0].stat().st_size == result["bytes"] > SIZE


def test_an_import_goes_on_from_its_upload(server, registry, layout, tmp_path):
    api = Api(server)
    cang("copy", f"oci:{layout[0]}:v1", f"docker-archive:{tmp_path}/saved.tar:app:v1", home=tmp_path)
    upload = api.upload(tmp_path / "saved.tar")
    proxy = Proxy(registry.port)
    try:
        proxy.hold_after("up", SIZE // 2)
        api.add_registry(proxy.address)
        target = f"docker://{proxy.address}/app:v1"
        started = api.post("/imports", {"upload": upload, "images": [{"name": "app:v1", "as": target}]})
        kill_half_way(server, proxy)
        api.succeed(started)
        assert api.states(started) == RESUMED
        Client(registry.address).check_whole("app", "v1")
        wait_until(lambda: api.send("GET", f"/uploads/{upload}").status == 404, 10, "the upload goes")
    finally:
        proxy.close()


def test_an_upload_goes_on_where_it_was(server, layout, tmp_path):
    api = Api(server)
    cang("copy", f"oci:{layout[0]}:v1", f"oci-archive:{tmp_path}/app.tar:app:v1", home=tmp_path)
    data = (tmp_path / "app.tar").read_bytes()
    identity = api.post("/uploads", {"name": "app.tar", "size": len(data)}, expect=201)["id"]
    path = f"/uploads/{identity}"
    proxy = Proxy(server.port)
    try:
        proxy.hold_after("up", SIZE // 2)
        client = threading.Thread(target=send_until_it_breaks, args=(proxy, path, data), daemon=True)
        client.start()
        assert proxy.held.wait(60)
        wait_until(lambda: api.get(path)["offset"] > SIZE // 4, 30, "half of it has arrived")
        server.kill()
        proxy.release()
        client.join(30)
    finally:
        proxy.close()
    server.start()
    offset = api.get(path)["offset"]
    assert SIZE // 4 < offset < len(data)
    wrong = api.send("PATCH", path, data[:10], {"Upload-Offset": "0"})
    assert wrong.status == 409 and wrong.headers["Upload-Offset"] == str(offset)
    api.send("PATCH", path, data[offset:], {"Upload-Offset": str(offset)}, expect=204)
    api.succeed(api.post("/imports", {"upload": identity}))
    assert Client(server.address).check_whole("app", "v1") == layout[1]


def send_until_it_breaks(proxy, path, data):
    connection = http.client.HTTPConnection(proxy.address, timeout=60)
    try:
        connection.request("PATCH", "/api/v1" + path, body=data, headers={"Upload-Offset": "0"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass


def test_a_collection_ends_as_interrupted_and_can_be_retried(server):
    """Nobody can hold a collection, so the server dies at once until it was in the middle of one."""
    api = Api(server)
    client = Client(server.address)
    for number in range(300):
        data = f"blob {number}".encode()
        client.push_blob("app", images.sha256(data), data)
    client.close()
    for _ in range(50):
        seen = api.get("/operations?type=registry.gc")["total"]
        threading.Thread(target=collect, args=(server,), daemon=True).start()
        wait_until(lambda: api.get("/operations?type=registry.gc")["total"] > seen, 30, "a collection begins")
        server.kill()
        server.start()
        interrupted = api.get("/operations?type=registry.gc&state=interrupted")["items"]
        if interrupted:
            break
    assert interrupted, "no collection was caught"
    broken = interrupted[0]
    assert broken["error"]["message"] == "the server stopped while it ran"
    assert api.states(broken) == ["pending", "running", "interrupted"]
    again = api.send("POST", f"/operations/{broken['id']}/retry", expect=202).json()
    assert again["retryOf"] == broken["id"]
    api.succeed(again)
    assert api.get("/operations?state=running")["total"] == 0


def collect(server):
    try:
        Api(server).send("POST", "/gc")
    except OSError:
        pass
