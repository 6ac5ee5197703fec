"""Copies, syncs, imports and exports that the server runs, with real peers."""

import json
import time

import pytest

import images
from api import Api
from conftest import needs
from distribution import Client
from machine import cang, clean_environment, run, wait_until
from proxy import Proxy

SIZE = 20_000_000


@pytest.fixture
def api(server):
    return Api(server)


def skopeo(home, *arguments):
    needs("skopeo")
    return run(["skopeo", "--insecure-policy", *arguments], env=clean_environment(home))


def fill(address, repository, tmp_path, tagged):
    """Puts images into a registry. Returns tag -> digest."""
    layout = tmp_path / f"in-{repository.replace('/', '-')}"
    digests = images.write_layout(layout, tagged)
    for tag in tagged:
        cang("copy", f"oci:{layout}:{tag}", f"docker://{address}/{repository}:{tag}", "--tls-verify=false",
             home=tmp_path)
    return digests


def test_a_copy_from_a_registry_keeps_the_digest_and_shows_its_progress(api, server, registry, tmp_path):
    both = [images.noise_image(50_000, "a"), images.noise_image(50_000, "b", architecture="arm64")]
    digest = fill(registry.address, "team/app", tmp_path, {"v1": both})["v1"]
    api.add_registry(registry.address)
    started = api.post("/copies", {"source": f"docker://{registry.address}/team/app:v1", "target": "mirror/app:v1"})
    assert started["type"] == "copy" and started["resources"] == ["image mirror/app:v1"]
    result = api.succeed(started)
    assert result["digest"] == digest and result["bytesCopied"] > 100_000
    assert Client(server.address).check_whole("mirror/app", "v1") == digest
    progress = api.operation(started["id"])["progress"]
    assert progress["done"] == progress["total"] > 100_000
    assert "4 blobs to copy" in api.log(started)
    again = api.post("/copies", {"source": f"docker://{registry.address}/team/app:v1", "target": "mirror/app:v1"})
    assert api.succeed(again)["unchanged"]


def test_a_copy_to_a_registry(api, server, registry, tmp_path):
    digest = fill(server.address, "team/app", tmp_path, {"v1": images.noise_image(50_000, "a", layers=2)})["v1"]
    api.add_registry(registry.address)
    api.succeed(api.post("/copies", {"source": "team/app:v1", "target": f"docker://{registry.address}/out/app:v1"}))
    assert Client(registry.address).check_whole("out/app", "v1") == digest


def test_a_registry_that_is_away_is_told_in_the_log(api, tmp_path):
    api.add_registry("127.0.0.1:1")
    started = api.post("/copies", {"source": "docker://127.0.0.1:1/app:v1", "target": "app:v1"})
    ended = api.finish(started)
    assert ended["state"] == "failed" and ended["error"]["kind"] == "unavailable"
    assert "trying again in" in api.log(started)


def test_a_cancel_ends_within_a_second_and_leaves_nothing(api, server, registry, tmp_path):
    fill(registry.address, "app", tmp_path, {"v1": images.noise_image(SIZE, "large")})
    proxy = Proxy(registry.port)
    try:
        proxy.hold_after("down", SIZE // 2)
        api.add_registry(proxy.address)
        started = api.post("/copies", {"source": f"docker://{proxy.address}/app:v1", "target": "app:v1"})
        assert proxy.held.wait(30)
        asked = time.monotonic()
        api.send("POST", f"/operations/{started['id']}/cancel", expect=202)
        assert api.finish(started)["state"] == "cancelled"
        assert time.monotonic() - asked < 1
        assert not Client(server.address).tags("app")
        assert api.get("/repositories")["total"] == 0
    finally:
        proxy.close()


def test_a_cancelled_export_frees_its_space(api, server, registry, tmp_path):
    fill(registry.address, "app", tmp_path, {"v1": images.noise_image(SIZE, "large")})
    proxy = Proxy(registry.port)
    try:
        proxy.hold_after("down", SIZE // 2)
        api.add_registry(proxy.address)
        started = api.post("/exports", {"images": [f"docker://{proxy.address}/app:v1"], "format": "oci-archive"})
        assert proxy.held.wait(30)
        api.send("POST", f"/operations/{started['id']}/cancel", expect=202)
        assert api.finish(started)["state"] == "cancelled"
        assert list((server.data / "archives/exports").iterdir()) == []
    finally:
        proxy.close()


def test_an_import_of_what_skopeo_saved(api, server, tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(100_000, "a", layers=2)})
    skopeo(tmp_path, "copy", f"oci:{tmp_path}/in:v1", f"docker-archive:{tmp_path}/saved.tar:example.com/team/app:v1")
    upload = api.upload(tmp_path / "saved.tar")
    listed = api.get(f"/uploads/{upload}/images")
    assert listed["format"] == "docker-archive"
    assert [(item["name"], item["platforms"]) for item in listed["items"]] == [
        ("example.com/team/app:v1", ["linux/amd64"])]
    result = api.succeed(api.post("/imports", {"upload": upload, "compression": "zstd"}))
    assert result["images"][0]["target"] == "team/app:v1"
    Client(server.address).check_whole("team/app", "v1")
    wait_until(lambda: api.send("GET", f"/uploads/{upload}").status == 404, 10, "the upload goes")


@pytest.mark.parametrize("archive_format", ["docker-archive", "oci-archive"])
def test_skopeo_loads_what_an_export_wrote(api, server, archive_format, tmp_path):
    image = images.noise_image(100_000, "a", layers=2)
    fill(server.address, "team/app", tmp_path, {"v1": image})
    started = api.post("/exports", {"images": ["team/app:v1"], "format": archive_format})
    result = api.succeed(started)
    archive = api.send("GET", f"/exports/{started['id']}/archive", expect=200)
    assert len(archive.body) == result["bytes"]
    assert archive.headers["Content-Disposition"] == 'attachment; filename="app_v1.tar"'
    (tmp_path / result["file"]).write_bytes(archive.body)
    skopeo(tmp_path, "copy", f"{archive_format}:{tmp_path / result['file']}:team/app:v1", f"oci:{tmp_path}/out:v1")
    digest = images.check_layout(tmp_path / "out", "v1")
    if archive_format == "oci-archive":
        assert digest == image.digest
    tail = api.send("GET", f"/exports/{started['id']}/archive", headers={"Range": "bytes=1000-1099"}, expect=206)
    assert tail.body == archive.body[1000:1100]
    api.send("DELETE", f"/exports/{started['id']}", expect=204)
    assert api.send("GET", f"/exports/{started['id']}/archive").status == 404


def test_a_form_is_an_upload_too(api, server, tmp_path):
    needs("curl")
    fill(server.address, "team/app", tmp_path, {"v1": images.noise_image(100_000, "a")})
    started = api.post("/exports", {"images": ["team/app:v1"], "format": "oci-archive"})
    api.succeed(started)
    (tmp_path / "a.tar").write_bytes(api.send("GET", f"/exports/{started['id']}/archive", expect=200).body)
    run(["curl", "--fail", "--silent", "--show-error", "--form", f"file=@{tmp_path}/a.tar",
         f"{server.url}/api/v1/uploads", "--output", tmp_path / "upload.json"])
    upload = json.loads((tmp_path / "upload.json").read_text())
    assert upload["name"] == "a.tar" and upload["complete"]
    body = {"upload": upload["id"], "images": [{"name": "team/app:v1", "as": "again/app:v1"}]}
    api.succeed(api.post("/imports", body))
    Client(server.address).check_whole("again/app", "v1")


def test_a_sync_of_a_registry(api, server, registry, tmp_path):
    tagged = {tag: images.noise_image(10_000, tag) for tag in ("v1", "v2", "v10", "old")}
    digests = fill(registry.address, "team/app", tmp_path, tagged)
    api.add_registry(registry.address)
    config = (f"sync:\n- source: docker://{registry.address}/team/app\n  tags: ['v*']\n  newest: 2\n"
              "  target: mirror\n")
    planned = api.succeed(api.post("/syncs", {"config": config, "dryRun": True}))
    assert planned["copied"] == 2
    done = api.post("/syncs", {"config": config})
    report = api.succeed(done)
    assert sorted(item["target"] for item in report["items"]) == ["mirror/team/app:v10", "mirror/team/app:v2"]
    assert "2 images chosen" in api.log(done)
    assert Client(server.address).check_whole("mirror/team/app", "v10") == digests["v10"]
    assert api.succeed(api.post("/syncs", {"config": config}))["unchanged"] == 2
