"""Images over the API of the real server. Every answer is checked against the OpenAPI document besides."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

import images
from machine import cang, http_status, wait_until


def api(server, method, path, body=None):
    """(status, document; or the bytes of what is no JSON)"""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/api/v1{path}", data=data, method=method,
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text, kind = response.status, response.read(), response.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        status, text, kind = error.code, error.read(), error.headers["Content-Type"]
    return status, json.loads(text) if kind in ("application/json", "application/problem+json") else text


def get(server, path, **query):
    status, document = api(server, "GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))
    assert status == 200, document
    return document


@pytest.fixture
def filled(server, tmp_path):
    """team/app: v1 (amd64), v2 (amd64), multi (both); team/arm: v1 (arm64)."""
    first = images.noise_image(20_000, "first", layers=2, labels={"a": "b"})
    second = images.noise_image(30_000, "second")
    arm = images.noise_image(10_000, "arm", architecture="arm64")
    server.digests = images.write_layout(tmp_path / "in", {"v1": first, "v2": second, "multi": [first, arm], "arm": arm})
    server.first, server.arm = first, arm
    for source, target in (("v1", "team/app:v1"), ("v2", "team/app:v2"), ("multi", "team/app:multi"), ("arm", "team/arm:v1")):
        cang("copy", f"oci:{tmp_path}/in:{source}", target, "--server", server.url, home=tmp_path)
    return server


def names(page):
    return [f"{image['repository']}:{image['tag']}" for image in page["items"]]


def size_of(image):
    return image.config["size"] + sum(layer["size"] for layer in image.layers)


def test_all_images_are_listed_searched_filtered_and_sorted(filled):
    assert names(get(filled, "/images")) == ["team/app:multi", "team/app:v1", "team/app:v2", "team/arm:v1"]
    assert names(get(filled, "/images", search="ARM")) == ["team/arm:v1"]
    assert names(get(filled, "/images", search="app:v")) == ["team/app:v1", "team/app:v2"]
    assert names(get(filled, "/images", platform="linux/arm64")) == ["team/app:multi", "team/arm:v1"]
    assert names(get(filled, "/images", sort="-size", limit=2)) == ["team/app:multi", "team/app:v1"]
    page = get(filled, "/images", sort="-updatedAt", limit=3)
    assert (names(page)[0], page["total"]) == ("team/arm:v1", 4)
    assert names(get(filled, "/images", sort="-updatedAt", limit=3, cursor=page["next"])) == ["team/app:v1"]
    multi = get(filled, "/images", search=":multi")["items"][0]
    assert multi["size"] == size_of(filled.first) + size_of(filled.arm)
    assert multi["platforms"] == ["linux/amd64", "linux/arm64"]


def test_an_image_is_shown_in_detail(filled):
    shown = get(filled, "/repositories/team/app/-/images/v1")
    assert shown["digest"] == filled.digests["v1"]
    assert shown["size"] == size_of(filled.first)
    assert shown["config"]["labels"] == {"a": "b"}
    assert [layer["createdBy"] for layer in shown["layers"]] == ["test", "test"]
    assert [layer["diffId"] for layer in shown["layers"]] == filled.first.diff_ids
    assert api(filled, "GET", "/repositories/team/app/-/manifests/v1") == (200, filled.first.manifest)
    index = get(filled, "/repositories/team/app/-/images/multi")
    assert [row["platform"] for row in index["platforms"]] == ["linux/amd64", "linux/arm64"]
    assert [row["size"] for row in index["platforms"]] == [size_of(filled.first), size_of(filled.arm)]
    assert get(filled, f"/repositories/team/app/-/referrers/{shown['digest']}") == {"items": []}
    assert get(filled, "/diff", **{"from": "team/app:v1", "to": "team/app:v2", "platform": "linux/amd64"})["equal"] is False


def test_tags_move_and_images_go(filled):
    path = "/repositories/team/app/-/tags/stable"
    assert api(filled, "PUT", path, {"digest": filled.digests["v1"]})[0] == 200
    assert [tag["tag"] for tag in get(filled, "/repositories/team/app/-/tags", sort="-name")["items"]] == ["v2", "v1", "stable", "multi"]
    assert get(filled, "/repositories/team/app/-/images/v1")["tags"] == ["stable", "v1"]
    assert api(filled, "DELETE", path) == (204, b"")
    assert api(filled, "DELETE", path)[0] == 404
    assert api(filled, "DELETE", f"/repositories/team/app/-/images/{filled.digests['v2']}")[0] == 204
    assert http_status(f"{filled.url}/v2/team/app/manifests/v2") == 404
    repository = get(filled, "/repositories/team/app")
    assert (repository["tags"], repository["manifests"]) == (2, 3)
    assert repository["sharedBytes"] >= size_of(filled.arm)
    assert api(filled, "DELETE", "/repositories/team/app")[0] == 204
    assert [one["name"] for one in get(filled, "/repositories", usage="true")["items"]] == ["team/arm"]


def test_lists_are_the_same_after_a_restart(filled):
    before = get(filled, "/images", sort="size")
    filled.stop()
    filled.start()
    assert get(filled, "/images", sort="size") == before


def test_the_server_tells_what_it_is_and_how_its_storage_grew(filled):
    system = get(filled, "/system")
    assert (system["auth"], system["database"], system["tls"], system["url"]) == ("none", "sqlite", False, filled.url)
    wait_until(lambda: get(filled, "/storage/history")["items"], 10, "the sample of the start is there")
    assert get(filled, "/storage")["tags"] == 4
