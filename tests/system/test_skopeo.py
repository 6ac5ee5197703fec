"""skopeo pushes to and pulls from the server, with every way of logging in."""

import pytest

import images
from conftest import needs
from machine import ADMIN_PASSWORD, clean_environment, run


def skopeo(home, *arguments, **options):
    needs("skopeo")
    return run(["skopeo", "--insecure-policy", *arguments], env=clean_environment(home), **options)


def creds(server, side):
    return [] if server.auth == "none" else [f"--{side}-creds=admin:{ADMIN_PASSWORD}"]


def test_push_and_pull_keep_the_digest(any_auth_server, tmp_path):
    digests = images.write_layout(tmp_path / "in", {"v1": images.noise_image(200_000, "skopeo", layers=3)})
    name = f"docker://{any_auth_server.address}/team/app:v1"
    skopeo(tmp_path, "copy", "--dest-tls-verify=false", *creds(any_auth_server, "dest"), f"oci:{tmp_path}/in:v1", name)
    skopeo(tmp_path, "copy", "--src-tls-verify=false", *creds(any_auth_server, "src"), name, f"oci:{tmp_path}/out:v1")
    assert images.check_layout(tmp_path / "out", "v1") == digests["v1"]


def test_a_multi_platform_image_keeps_its_digest(any_auth_server, tmp_path):
    both = [images.noise_image(50_000, "a"), images.noise_image(50_000, "b", architecture="arm64")]
    digests = images.write_layout(tmp_path / "in", {"v1": both})
    name = f"docker://{any_auth_server.address}/multi:v1"
    skopeo(tmp_path, "copy", "--all", "--dest-tls-verify=false", *creds(any_auth_server, "dest"),
           f"oci:{tmp_path}/in:v1", name)
    skopeo(tmp_path, "copy", "--all", "--src-tls-verify=false", *creds(any_auth_server, "src"), name,
           f"oci:{tmp_path}/out:v1")
    assert images.check_layout(tmp_path / "out", "v1") == digests["v1"]


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_a_wrong_password_is_refused(auth, tmp_path):
    from machine import CangServer, running

    images.write_layout(tmp_path / "in", {"v1": images.noise_image(1000, "x")})
    with running(CangServer(tmp_path / "cang", "--auth", auth)) as server:
        result = skopeo(tmp_path, "copy", "--dest-tls-verify=false", "--dest-creds=admin:wrong",
                        f"oci:{tmp_path}/in:v1", f"docker://{server.address}/app:v1", check=False)
        assert result.returncode != 0
        assert "unauthorized" in result.stderr or "authentication required" in result.stderr, result.stderr


def test_delete_and_list_tags(server, tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(1000, "x"), "v2": images.noise_image(1000, "y")})
    for tag in ("v1", "v2"):
        skopeo(tmp_path, "copy", "--dest-tls-verify=false", f"oci:{tmp_path}/in:{tag}",
               f"docker://{server.address}/app:{tag}")
    listed = skopeo(tmp_path, "list-tags", "--tls-verify=false", f"docker://{server.address}/app").stdout
    assert '"v1"' in listed and '"v2"' in listed
    skopeo(tmp_path, "delete", "--tls-verify=false", f"docker://{server.address}/app:v1")
    listed = skopeo(tmp_path, "list-tags", "--tls-verify=false", f"docker://{server.address}/app").stdout
    assert '"v1"' not in listed and '"v2"' in listed
