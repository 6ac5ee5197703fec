"""`cang copy` between every two kinds of place, with the real binary."""

import json

import pytest

import images
from distribution import Client
from machine import cang


@pytest.fixture
def source(tmp_path):
    image = images.noise_image(300_000, "copy", layers=3)
    digests = images.write_layout(tmp_path / "in", {"v1": image})
    return f"oci:{tmp_path}/in:v1", digests["v1"]


def digest_of(place, home, *flags):
    return json.loads(cang("inspect", "--json", place, *flags, home=home).stdout)["digest"]


def test_layout_to_registry_to_data_directory_and_back(source, registry, tmp_path):
    place, digest = source
    remote = f"docker://{registry.address}/team/app:v1"
    data = tmp_path / "data"
    cang("copy", place, remote, "--tls-verify=false", home=tmp_path)
    cang("copy", remote, "app:v1", "--tls-verify=false", "--data", data, home=tmp_path)
    cang("copy", "app:v1", f"oci-archive:{tmp_path}/out.tar:v1", "--data", data, home=tmp_path)
    cang("copy", f"oci-archive:{tmp_path}/out.tar:v1", f"oci:{tmp_path}/out:v1", home=tmp_path)
    assert images.check_layout(tmp_path / "out", "v1") == digest
    assert cang("fsck", "--deep", "--data", data, home=tmp_path).stdout.endswith("clean\n")


def test_bare_names_mean_the_warehouse_of_the_server(source, server, tmp_path):
    place, digest = source
    result = json.loads(cang("copy", "--json", place, "app:v1", "--server", server.url, home=tmp_path).stdout)
    assert (result["digest"], result["unchanged"], result["blobsCopied"]) == (digest, False, 4)
    again = cang("copy", "--json", place, "app:v1", home=tmp_path, environment={"CANG_SERVER": server.url})
    assert json.loads(again.stdout)["unchanged"] is True
    assert Client(server.address).check_whole("app", "v1") == digest


def test_a_multi_platform_image_whole_and_one_platform_of_it(server, tmp_path):
    both = [images.noise_image(20_000, "amd"), images.noise_image(20_000, "arm", architecture="arm64")]
    digests = images.write_layout(tmp_path / "in", {"v1": both})
    place = f"oci:{tmp_path}/in:v1"
    cang("copy", place, "app:all", "--server", server.url, home=tmp_path)
    assert Client(server.address).check_whole("app", "all") == digests["v1"]
    cang("copy", place, "app:arm", "--platform", "linux/arm64", "--server", server.url, home=tmp_path)
    assert Client(server.address).check_whole("app", "arm") == both[1].digest


def test_docker_archive_round_trip_keeps_the_image(source, tmp_path):
    place, _ = source
    archive = f"docker-archive:{tmp_path}/a.tar:docker.io/library/app:v1"
    cang("copy", place, archive, home=tmp_path)
    cang("copy", archive, f"oci:{tmp_path}/back:v1", home=tmp_path)
    images.check_layout(tmp_path / "back", "v1")
    config = cang("inspect", "--config", place, home=tmp_path).stdout
    assert cang("inspect", "--config", f"oci:{tmp_path}/back:v1", home=tmp_path).stdout == config


def test_archives_are_deterministic(source, tmp_path):
    place, _ = source
    for kind in ("docker-archive", "oci-archive"):
        for name in ("one", "two"):
            cang("copy", place, f"{kind}:{tmp_path}/{kind}-{name}.tar:app:v1", home=tmp_path)
        one, two = ((tmp_path / f"{kind}-{name}.tar").read_bytes() for name in ("one", "two"))
        assert one == two, kind


def test_to_and_from_a_docker_engine(busybox_layout, busybox, dockerd, tmp_path):
    host = ["--docker-host", f"unix://{dockerd.socket}"]
    name = "cang-test-copy:v1"
    cang("copy", f"oci:{busybox_layout}:v1", f"docker-daemon:{name}", *host, home=tmp_path)
    # The engine's image ID is the config's digest: nothing was changed on the way.
    assert dockerd.docker("image", "inspect", "-f", "{{.Id}}", name).stdout.strip() == busybox.config["digest"]
    cang("copy", f"docker-daemon:{name}", f"oci:{tmp_path}/back:v1", *host, home=tmp_path)
    images.check_layout(tmp_path / "back", "v1")
    assert json.loads(cang("inspect", "--raw", f"oci:{tmp_path}/back:v1", home=tmp_path).stdout)["config"]["digest"] \
        == busybox.config["digest"]
    dockerd.docker("image", "rm", name)


def test_blobs_are_mounted_from_the_next_repository(source, server, tmp_path):
    place, digest = source
    cang("copy", place, "one:v1", "--server", server.url, home=tmp_path)
    remote = f"docker://{server.address}"
    result = cang("copy", "--json", f"{remote}/one:v1", f"{remote}/two:v1", "--tls-verify=false", home=tmp_path)
    report = json.loads(result.stdout)
    assert (report["digest"], report["blobsCopied"], report["bytesCopied"]) == (digest, 0, 0)


def test_sync_by_pattern_then_nothing_to_do(registry, tmp_path):
    layout = {tag: images.noise_image(5_000, tag) for tag in ("1.0", "1.1", "2.0", "latest")}
    images.write_layout(tmp_path / "in", layout)
    for tag in layout:
        cang("copy", f"oci:{tmp_path}/in:{tag}", f"docker://{registry.address}/team/app:{tag}", "--tls-verify=false",
             home=tmp_path)
    config = tmp_path / "sync.yaml"
    config.write_text(f"""
registries: {{"{registry.address}": {{tls-verify: false}}}}
sync:
  - source: docker://{registry.address}
    repositories: [{{glob: "team/*"}}]
    tags: [{{semver: "1.*"}}]
    target: mirror
""")
    data = tmp_path / "data"
    dry = json.loads(cang("sync", "--json", "--dry-run", "--config", config, "--data", data, home=tmp_path).stdout)
    assert sorted(item["action"] for item in dry["items"]) == ["copy", "copy"]
    first = json.loads(cang("sync", "--json", "--config", config, "--data", data, home=tmp_path).stdout)
    assert (first["copied"], first["unchanged"], first["failed"]) == (2, 0, 0)
    second = json.loads(cang("sync", "--json", "--config", config, "--data", data, home=tmp_path).stdout)
    assert (second["copied"], second["unchanged"], second["failed"]) == (0, 2, 0)
    assert cang("tags", "mirror/team/app", "--data", data, home=tmp_path).stdout.split() == ["1.0", "1.1"]


def test_export_of_several_images_keeps_shared_layers_once(server, tmp_path):
    image = images.noise_image(100_000, "shared")
    images.write_layout(tmp_path / "in", {"v1": image})
    for tag in ("v1", "v2"):
        cang("copy", f"oci:{tmp_path}/in:v1", f"app:{tag}", "--server", server.url, home=tmp_path)
    for kind in ("docker-archive", "oci-archive"):
        archive = tmp_path / f"{kind}.tar"
        cang("export", "app:v1", "app:v2", "--to", f"{kind}:{archive}", "--server", server.url, home=tmp_path)
        assert archive.stat().st_size < 200_000
        data = tmp_path / f"{kind}-data"
        cang("import", f"{kind}:{archive}", "--data", data, home=tmp_path)
        assert cang("tags", "app", "--data", data, home=tmp_path).stdout.split() == ["v1", "v2"]


def test_sigint_leaves_nothing_visible(server, tmp_path):
    from proxy import Proxy
    from machine import BINARY, Process, clean_environment, wait_until

    images.write_layout(tmp_path / "in", {"v1": images.noise_image(20_000_000, "big")})
    proxy = Proxy(server.port)
    proxy.hold_after("up", 5_000_000)
    client = Process(
        [BINARY, "copy", f"oci:{tmp_path}/in:v1", f"docker://{proxy.address}/app:v1", "--tls-verify=false"],
        tmp_path / "client.log", env=clean_environment(tmp_path))
    wait_until(proxy.held.is_set, 60, "the copy is half way")
    assert client.stop(30) == 1
    proxy.close()
    assert client.log_text().endswith("cang: cancelled\n")
    assert Client(server.address).tags("app") == []
