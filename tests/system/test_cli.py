"""Exit codes and messages of the real binary, for good input and bad."""

import json
import os
import stat
import subprocess

import pytest

import images
from machine import ADMIN_PASSWORD, BINARY, CangServer, cang, clean_environment, running


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--help"], 0),
        (["version"], 0),
        (["--version"], 0),
        ([], 3),
        (["nonsense"], 3),
        (["copy"], 3),
        (["copy", "a", "b", "c"], 3),
        (["copy", "--no-such-option", "a", "b"], 3),
        (["copy", "dir:/tmp/x", "oci:/tmp/y"], 3),
        (["copy", "oci:/nonexistent/layout:v1", "oci:out"], 2),
        (["inspect", "docker-archive:/nonexistent.tar"], 2),
        (["inspect", "docker://127.0.0.1:1/app:v1", "--tls-verify=false"], 1),
        (["inspect", "app:v1"], 3),
        (["delete", "app", "--data", "x"], 3),
        (["sync", "--config", "/nonexistent.yaml"], 2),
        (["completion", "tcsh"], 3),
    ],
)
def test_exit_codes(arguments, code, tmp_path):
    result = cang(*arguments, home=tmp_path, check=False, cwd=tmp_path)
    assert result.returncode == code, result.stdout + result.stderr
    if code:
        assert result.stdout == "" or arguments == []
        assert "Sanitizer" not in result.stderr and "terminate called" not in result.stderr


def test_errors_are_one_line_and_a_hint(tmp_path):
    result = cang("inspect", "app:v1", home=tmp_path, check=False)
    assert result.stderr == (
        "cang: app:v1 is a name of the warehouse, and neither --server nor --data says which\n"
        "hint: set --server URL or --data DIR (or CANG_SERVER, CANG_DATA), or write docker://HOST/REPOSITORY:TAG\n")


def test_errors_as_json(tmp_path):
    result = cang("--json", "inspect", "app:v1", home=tmp_path, check=False)
    error = json.loads(result.stdout)["error"]
    assert error["kind"] == "invalid_argument"
    assert error["message"] == "app:v1 is a name of the warehouse, and neither --server nor --data says which"
    assert result.stderr == ""


def test_version_as_json(tmp_path):
    document = json.loads(cang("version", "--json", home=tmp_path).stdout)
    assert set(document) == {"version", "commit", "compiler", "libraries"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_every_command(shell, tmp_path):
    script = cang("completion", shell, home=tmp_path).stdout
    for command in ("serve", "copy", "sync", "inspect", "tags", "delete", "diff", "export", "import", "login", "logout",
                    "gc", "fsck", "backup", "restore", "vault", "config", "version", "completion"):
        assert command in script
    if shell == "bash":
        (tmp_path / "completion").write_text(script)
        probe = 'source completion; COMP_WORDS=(cang co); COMP_CWORD=1; _cang; echo "${COMPREPLY[@]}"'
        result = subprocess.run(["bash", "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert result.stdout.split() == ["copy", "config", "completion"]


def test_login_keeps_verified_credentials_only(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as server:
        wrong = cang("login", server.address, "-u", "admin", "--password-stdin", "--tls-verify=false", home=tmp_path,
                     input="wrong", check=False)
        assert wrong.returncode == 1
        assert not (tmp_path / ".docker/config.json").exists()
        cang("login", server.address, "-u", "admin", "--password-stdin", "--tls-verify=false", home=tmp_path,
             input=ADMIN_PASSWORD)
        config = tmp_path / ".docker/config.json"
        assert stat.S_IMODE(config.stat().st_mode) == 0o600
        assert server.address in json.loads(config.read_text())["auths"]
        images.write_layout(tmp_path / "in", {"v1": images.noise_image(1000, "x")})
        name = f"docker://{server.address}/app:v1"
        cang("copy", f"oci:{tmp_path}/in:v1", name, "--tls-verify=false", home=tmp_path)
        assert cang("tags", f"docker://{server.address}/app", "--tls-verify=false", home=tmp_path).stdout == "v1\n"
        cang("logout", server.address, home=tmp_path)
        assert server.address not in json.loads(config.read_text()).get("auths", {})
        refused = cang("inspect", name, "--tls-verify=false", home=tmp_path, check=False)
        assert refused.returncode == 1
        assert "cang login" in refused.stderr


def test_secrets_are_not_in_messages(tmp_path):
    result = cang("inspect", "docker://127.0.0.1:1/app:v1", "--tls-verify=false", "--creds", "user:hunter2", "--debug",
                  home=tmp_path, check=False)
    assert "hunter2" not in result.stdout + result.stderr


def test_a_broken_pipe_is_no_crash(server, tmp_path):
    images.write_layout(tmp_path / "in", {"v1": images.noise_image(1000, "x")})
    cang("copy", f"oci:{tmp_path}/in:v1", "app:v1", "--server", server.url, home=tmp_path)
    read_end, write_end = os.pipe()
    os.close(read_end)
    result = subprocess.run([BINARY, "tags", "app", "--server", server.url], stdout=write_end, stderr=subprocess.PIPE,
                            env=clean_environment(tmp_path), text=True, timeout=60, check=False)
    os.close(write_end)
    assert result.returncode == 1
    assert "cannot write to standard output" in result.stderr


def test_a_data_directory_in_use_is_refused(server, tmp_path):
    result = cang("tags", "app", "--data", server.data, home=tmp_path, check=False)
    assert result.returncode == 1
    assert "is in use by process" in result.stderr
    assert "hint: " in result.stderr


def test_gc_on_a_server_and_on_a_directory_agree(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as server:
        images.write_layout(tmp_path / "in", {"v1": images.noise_image(100_000, "x")})
        cang("copy", f"oci:{tmp_path}/in:v1", "app:v1", "--server", server.url, "--creds", f"admin:{ADMIN_PASSWORD}",
             home=tmp_path)
        cang("delete", "app:v1", "--server", server.url, "--creds", f"admin:{ADMIN_PASSWORD}", "--yes", home=tmp_path)
        online = json.loads(cang("gc", "--dry-run", "--untagged", "--json", "--server", server.url, "--creds",
                                 f"admin:{ADMIN_PASSWORD}", home=tmp_path).stdout)
        server.stop()
        offline = json.loads(cang("gc", "--dry-run", "--untagged", "--json", "--data", server.data,
                                  home=tmp_path).stdout)
        assert online == offline
