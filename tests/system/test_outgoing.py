"""Where the server connects to when somebody else names the target: never to private addresses by accident, whatever
redirects, token servers and name servers say."""

import os
import subprocess

import pytest

import images
from api import Api
from machine import CangServer, cang, running
from outgoing_peers import LuringRegistry, NameServer, Trap

LOOPBACK = ("127.0.0.1 is a loopback address, which the server does not connect to; an administrator can allow it with "
            "--outgoing-allow 127.0.0.0/8")
METADATA = ("169.254.169.254 is a cloud metadata address, which the server does not connect to; an administrator can "
            "allow it with --outgoing-allow 169.254.169.254")
PUBLIC = "127.0.77.77"  # plays a public address: the only one that is allowed where names change


@pytest.fixture
def api(server):
    return Api(server)


@pytest.fixture
def trap():
    opened = Trap()
    yield opened
    opened.close()


@pytest.fixture
def public(trap):
    """At the same port of what plays a public address."""
    opened = Trap(PUBLIC, trap.port)
    yield opened
    opened.close()


@pytest.fixture
def lure():
    started = []

    def start(**lures):
        started.append(LuringRegistry(**lures))
        return started[-1]

    yield start
    for registry in started:
        registry.close()


def failure(api, path, body):
    """What ended the operation."""
    ended = api.finish(api.post(path, body))
    assert ended["state"] == "failed", ended
    return ended["error"], api.log(ended)


def copy(api, source, target="app:v1"):
    return failure(api, "/copies", {"source": source, "target": target})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_loopback_is_refused_before_any_connection(api, trap, host):
    error, log = copy(api, f"docker://{host}:{trap.port}/app:v1")
    assert error["kind"] == "permission_denied" and error["message"].endswith(LOOPBACK), error
    assert "trying again" not in log
    assert trap.is_untouched()


def test_the_name_of_loopback_is_refused_too(api, trap):
    error, log = copy(api, f"docker://localhost:{trap.port}/app:v1")
    assert error["kind"] == "permission_denied", error
    assert f"connecting to localhost:{trap.port}: " in error["message"] and "is a loopback address" in error["message"]
    assert "trying again" not in log and trap.is_untouched()


def test_targets_syncs_and_exports_are_refused_too(api, server, trap, tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(1_000, "out")})
    cang("copy", f"oci:{tmp_path}/in:v1", f"docker://{server.address}/app:v1", "--tls-verify=false", home=tmp_path)
    elsewhere = f"127.0.0.1:{trap.port}"
    assert copy(api, "app:v1", f"docker://{elsewhere}/app:v1")[0]["message"].endswith(LOOPBACK)
    config = f"sync:\n- source: docker://{elsewhere}/app\n  target: mirror\n"
    error, log = failure(api, "/syncs", {"config": config})
    assert LOOPBACK in error["message"] + log, (error, log)
    export = {"images": [f"docker://{elsewhere}/app:v1"], "format": "oci-archive"}
    assert failure(api, "/exports", export)[0]["message"].endswith(LOOPBACK)
    assert trap.is_untouched()


@pytest.mark.parametrize("entry", ["127.0.0.0/8", "::1,127.0.0.1", "10.0.0.0/8,127.0.0.1/32"])
def test_what_an_administrator_allows_is_connected_to(entry, trap, tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "none", "--outgoing-allow", entry)) as server:
        error, _ = copy(Api(server), f"docker://127.0.0.1:{trap.port}/app:v1")
        assert "the TLS handshake with" in error["message"], error
    assert trap.visitors > 0


def test_what_an_administrator_denies_is_refused_first(trap, tmp_path):
    flags = ("--outgoing-allow", "127.0.0.0/8,localhost", "--outgoing-deny", "127.0.0.1, *.denied.invalid")
    with running(CangServer(tmp_path / "cang", "--auth", "none", *flags)) as server:
        api = Api(server)
        api.add_registry(f"127.0.0.1:{trap.port}")
        assert copy(api, f"docker://127.0.0.1:{trap.port}/app:v1")[0]["message"].endswith(
            "127.0.0.1 is denied by --outgoing-deny 127.0.0.1; the server does not connect to it")
        assert copy(api, "docker://a.denied.invalid/app:v1")[0]["message"].endswith(
            "a.denied.invalid is denied by --outgoing-deny *.denied.invalid; the server does not connect to it")
    assert trap.is_untouched()


def test_a_registry_that_an_administrator_added_may_be_private_but_leads_nowhere_else(api, trap, lure):
    elsewhere = f"http://127.0.0.1:{trap.port}/x"
    for way, target, refusal in (
        ("blob", elsewhere, LOOPBACK),
        ("blob", f"http://[::ffff:7f00:1]:{trap.port}/x", LOOPBACK),
        ("blob", "http://169.254.169.254/latest/meta-data/iam/security-credentials/", METADATA),
        ("manifest", elsewhere, LOOPBACK),
        ("manifest", f"http://localhost:{trap.port}/x", "--outgoing-allow"),
        ("token", elsewhere, LOOPBACK),
        ("token", "http://169.254.169.254/latest/api/token", METADATA),
    ):
        registry = lure(**{way: target})
        api.add_registry(registry.address)
        error, log = copy(api, f"docker://{registry.address}/app:v1")
        assert error["kind"] == "permission_denied" and refusal in error["message"], (way, target, error)
        assert "trying again" not in log
        assert registry.requests, "it was asked itself"
    assert trap.is_untouched()


def test_an_upload_goes_to_no_other_private_address(api, server, trap, lure, tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(1_000, "out")})
    cang("copy", f"oci:{tmp_path}/in:v1", f"docker://{server.address}/app:v1", "--tls-verify=false", home=tmp_path)
    registry = lure(upload=f"http://127.0.0.1:{trap.port}/upload")
    api.add_registry(registry.address)
    error, _ = copy(api, "app:v1", f"docker://{registry.address}/app:v1")
    assert error["kind"] == "permission_denied" and error["message"].endswith(LOOPBACK), error
    assert ("POST", "/v2/app/blobs/uploads/") in registry.requests
    assert trap.is_untouched()


def test_metadata_is_refused_to_an_added_registry_as_well(api):
    test = api.send("POST", "/registries/test", {"url": "http://169.254.169.254"}, expect=200).json()
    assert [(step["step"], step["ok"], step["message"]) for step in test["steps"]] == [("address", False, METADATA)]
    added = api.post("/registries", {"name": "lab", "url": "http://169.254.169.254"}, expect=201)
    assert api.send("POST", f"/registries/{added['id']}/test", expect=200).json()["steps"][0]["message"] == METADATA
    problem = api.send("GET", f"/registries/{added['id']}/repositories", expect=403).json()
    assert problem["detail"].endswith(METADATA), problem
    assert copy(api, "docker://169.254.169.254/app:v1")[0]["message"].endswith(METADATA)


def test_a_sign_in_elsewhere_is_refused_in_the_test_of_a_registry(api, trap, lure):
    registry = lure(token=f"http://127.0.0.1:{trap.port}/token")
    test = api.send("POST", "/registries/test", {"url": f"http://{registry.address}"}, expect=200).json()
    assert (test["steps"][-1]["step"], test["steps"][-1]["message"]) == ("sign-in", LOOPBACK)
    assert trap.is_untouched()


def test_the_command_line_goes_where_its_user_sends_it(trap, tmp_path):
    refused = cang("inspect", f"docker://127.0.0.1:{trap.port}/app:v1", home=tmp_path, check=False)
    assert "--outgoing-allow" not in refused.stderr
    assert trap.visitors > 0


def test_a_list_that_is_none_is_refused_at_the_start(tmp_path):
    for entry, reason in (
        ("10.0.0.5/8", "the range has bits behind its length; write zeros there, as in 10.0.0.0/8 (at character 1)"),
        ("127.1", "an entry is an address, a range such as 10.0.0.0/8, or a host name such as registry.example or "
                  "*.example (at character 1)"),
    ):
        for option in ("--outgoing-allow", "--outgoing-deny"):
            result = cang("serve", "--data", tmp_path / "data", option, entry, home=tmp_path, check=False)
            assert result.returncode != 0 and f"{option}: {reason}" in result.stderr, result.stderr


# The server in a mount namespace of its own, where a name server of ours is the only one.

NAME_SERVER = "127.0.53.53"
SETUP = 'mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf'


@pytest.fixture
def names(tmp_path):
    """(name server, server that asks it)"""
    (tmp_path / "resolv.conf").write_text(f"nameserver {NAME_SERVER}\noptions timeout:5 attempts:1\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: dns\n")
    prefix = ("unshare", "--mount", "sh", "-c", f'{SETUP} && exec "$@"', tmp_path)
    if os.geteuid() != 0 or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("mount namespaces need root")
    try:
        name_server = NameServer(NAME_SERVER, [])
    except OSError as problem:
        pytest.skip(f"port 53 cannot be had: {problem}")
    server = CangServer(tmp_path / "cang", "--auth", "none", "--outgoing-allow", PUBLIC, prefix=prefix)
    with running(server) as started:
        yield name_server, Api(started)
    name_server.close()


def test_a_name_that_changes_its_address_is_refused(names, trap, public):
    name_server, api = names
    source = f"docker://rebinding.example:{trap.port}/app:v1"
    name_server.addresses = [PUBLIC]
    assert "the TLS handshake with" in copy(api, source)[0]["message"]
    visitors = public.visitors
    assert visitors > 0 and name_server.questions > 0
    name_server.addresses = ["127.0.0.1"]
    error, log = copy(api, source)
    assert error["kind"] == "permission_denied", error
    assert error["message"].endswith(f"connecting to rebinding.example:{trap.port}: {LOOPBACK}")
    assert "trying again" not in log
    assert trap.is_untouched() and public.visitors == visitors


def test_of_several_addresses_the_allowed_ones_are_tried(names, trap, public):
    name_server, api = names
    name_server.addresses = ["127.0.0.1", "10.0.0.5", PUBLIC, "169.254.169.254"]
    error, _ = copy(api, f"docker://several.example:{trap.port}/app:v1")
    assert "the TLS handshake with" in error["message"], error
    assert public.visitors > 0 and trap.is_untouched()


def test_an_added_registry_whose_name_turns_to_metadata_is_refused(names):
    name_server, api = names
    name_server.addresses = ["169.254.169.254"]
    test = api.send("POST", "/registries/test", {"url": "http://turned.example"}, expect=200).json()
    assert [(step["step"], step["ok"]) for step in test["steps"]] == [("address", True), ("dns", True), ("connect", False)]
    assert test["steps"][-1]["message"] == f"connecting to turned.example: {METADATA}"
