"""A large blob that is interrupted goes on where it was: the proxy counts what crossed the wire."""

import os

import pytest

import images
from distribution import Client
from machine import BINARY, Process, cang, clean_environment, wait_until
from proxy import Proxy

SIZE = int(os.environ.get("CANG_RESUME_BYTES", "64000000"))
# What was on the wire when it broke is sent again: socket buffers of proxy, client and server, and a flush interval.
SLACK = 12_000_000


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    directory = tmp_path_factory.mktemp("large")
    digest = images.write_layout(directory / "in", {"v1": images.noise_image(SIZE, "large")})["v1"]
    return directory / "in", digest


@pytest.fixture
def proxy(server):
    started = Proxy(server.port)
    yield started
    started.close()


def retries(*arguments):
    return [*arguments, "--tls-verify=false", "--retry", "20"]


def test_a_cut_push_moves_only_the_rest(layout, server, proxy, tmp_path):
    directory, digest = layout
    proxy.cut_after("up", SIZE // 2)
    cang("copy", *retries(f"oci:{directory}:v1", f"docker://{proxy.address}/app:v1"), home=tmp_path)
    assert proxy.cuts == [] and proxy.connections > 1
    assert SIZE < proxy.bytes["up"] < SIZE + SLACK
    assert Client(server.address).check_whole("app", "v1") == digest


def test_a_cut_pull_moves_only_the_rest(layout, server, proxy, tmp_path):
    directory, digest = layout
    cang("copy", f"oci:{directory}:v1", "app:v1", "--server", server.url, home=tmp_path)
    proxy.cut_after("down", SIZE // 2)
    cang("copy", *retries(f"docker://{proxy.address}/app:v1", f"oci:{tmp_path}/out:v1"), home=tmp_path)
    assert proxy.cuts == [] and proxy.connections > 1
    assert SIZE < proxy.bytes["down"] < SIZE + SLACK
    assert images.check_layout(tmp_path / "out", "v1") == digest


def test_a_pull_cut_three_times_into_the_warehouse(layout, server, proxy, tmp_path):
    directory, digest = layout
    cang("copy", f"oci:{directory}:v1", "app:v1", "--server", server.url, home=tmp_path)
    for part in (1, 2, 3):
        proxy.cut_after("down", SIZE * part // 4)
    cang("copy", *retries(f"docker://{proxy.address}/app:v1", "app:v1"), "--data", tmp_path / "data", home=tmp_path)
    assert proxy.cuts == []
    assert SIZE < proxy.bytes["down"] < SIZE + 2 * SLACK
    assert "clean" in cang("fsck", "--deep", "--data", tmp_path / "data", home=tmp_path).stdout


@pytest.mark.parametrize("target", ["warehouse", "layout"])
def test_a_killed_pull_moves_only_the_rest(target, layout, server, proxy, tmp_path):
    directory, digest = layout
    cang("copy", f"oci:{directory}:v1", "app:v1", "--server", server.url, home=tmp_path)
    place = ["app:v1", "--data", tmp_path / "data"] if target == "warehouse" else [f"oci:{tmp_path}/out:v1"]
    command = retries(f"docker://{proxy.address}/app:v1", *place)
    proxy.hold_after("down", SIZE // 2)
    client = Process([BINARY, "copy", *command], tmp_path / "client.log", env=clean_environment(tmp_path))
    wait_until(proxy.held.is_set, 60, "the pull is half way")
    client.kill()
    proxy.release()
    cang("copy", *command, home=tmp_path)
    assert SIZE < proxy.bytes["down"] < SIZE + 2 * SLACK
    if target == "warehouse":
        assert "clean" in cang("fsck", "--deep", "--data", tmp_path / "data", home=tmp_path).stdout
    else:
        assert images.check_layout(tmp_path / "out", "v1") == digest


def test_a_push_survives_a_killed_server(layout, server, proxy, tmp_path):
    directory, digest = layout
    proxy.hold_after("up", SIZE // 2)
    client = Process([BINARY, "copy", *retries(f"oci:{directory}:v1", f"docker://{proxy.address}/app:v1")],
                     tmp_path / "client.log", env=clean_environment(tmp_path))
    wait_until(proxy.held.is_set, 60, "the push is half way")
    server.kill()
    server.start()
    proxy.release()
    assert client.child.wait(timeout=120) == 0, client.log_text()
    assert SIZE < proxy.bytes["up"] < SIZE + 2 * SLACK
    assert Client(server.address).check_whole("app", "v1") == digest
