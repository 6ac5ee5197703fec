"""`cang users|projects|members|robots|tokens|audit` against a real server."""

import csv
import json
import os
import pty
import signal
import subprocess
import termios

import pytest

import images
from machine import ADMIN_PASSWORD, BINARY, CangServer, cang, clean_environment, running, wait_until

PASSWORD = "a password of eight"


class Person:
    """Somebody who has signed in with `cang login` and asks the server with what that has kept."""

    def __init__(self, server, directory, name, secret):
        self.server = server
        self.name = name
        self.home = directory / name.replace("$", "-")
        self.home.mkdir()
        self.environment = {"CANG_SERVER": server.url}
        self.login(secret)

    def login(self, secret):
        self.cang("login", self.server.address, "-u", self.name, "--password-stdin", "--tls-verify=false", input=secret)

    def cang(self, *arguments, **options):
        return cang(*arguments, home=self.home, environment=self.environment, **options)

    def json(self, *arguments, **options):
        return json.loads(self.cang(*arguments, "--json", **options).stdout)

    def refused(self, *arguments, **options):
        result = self.cang(*arguments, check=False, **options)
        assert result.returncode != 0, result.stdout
        assert result.stdout == ""
        return result

    def push(self, reference, **options):
        layout = self.home / "layout"
        if not layout.exists():
            images.write_layout(layout, {"v1": images.noise_image(1000, "x")})
        return self.cang("copy", f"oci:{layout}:v1", reference, **options)


@pytest.fixture
def server(tmp_path):
    """One a test: each has its share of refused sign-ins, and ten of them in a minute would make the next test wait."""
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as started:
        yield started


@pytest.fixture
def admin(server, tmp_path):
    return Person(server, tmp_path, "admin", ADMIN_PASSWORD)


def create_user(admin, name, tmp_path):
    admin.cang("users", "create", name, "--password-stdin", input=PASSWORD)
    return Person(admin.server, tmp_path, name, PASSWORD)


def test_a_person_is_let_in_and_kept_out(admin, tmp_path):
    anna = create_user(admin, "anna", tmp_path)
    listed = admin.cang("users", "list", "--search", "anna").stdout.splitlines()
    assert listed[0].split()[:3] == ["NAME", "ADMIN", "STATE"] and listed[1].split()[:4] == ["anna", "no", "ok", "local"]
    assert anna.refused("users", "list").stderr == (
        "cang: listing users: anna lacks the permission user.manage: only administrators of the server have it\n")
    assert admin.cang("users", "disable", "anna").stdout == "anna is disabled\n"
    refused = anna.refused("tokens", "list")
    assert refused.returncode == 1
    assert f"hint: log in with `cang login {anna.server.address} --tls-verify=false`" in refused.stderr
    admin.cang("users", "enable", "anna")
    anna.cang("tokens", "list")
    admin.cang("users", "password", "anna", "--password-stdin", input="another password")
    anna.refused("tokens", "list")
    anna.login("another password")
    admin.cang("users", "delete", "anna", "--yes")
    gone = admin.refused("users", "delete", "anna", "--yes")
    assert (gone.returncode, gone.stderr) == (
        2, "cang: there is no user anna\nhint: `cang users list` tells who there is\n")


def test_names_stay_when_a_user_is_disabled(admin):
    admin.cang("users", "create", "names", "--display-name", "Ada 姓名", "--email", "a@example.com", "--password-stdin",
               input=PASSWORD)
    user = admin.json("users", "disable", "names")
    assert (user["displayName"], user["email"], user["disabled"]) == ("Ada 姓名", "a@example.com", True)


def test_members_may_what_their_role_says(admin, tmp_path):
    mia = create_user(admin, "mia", tmp_path)
    created = admin.json("projects", "create", "team", "--quota", "50MB", "--description", "x")
    assert (created["public"], created["quotaBytes"]) == (False, 50_000_000)
    assert mia.push("team/app:v1", check=False).returncode == 1
    assert mia.json("projects", "list", "--search", "team")["items"] == []
    for role, code in (("viewer", 1), ("operator", 0)):
        assert admin.cang("members", "set", "team", "mia", role).stdout == f"mia is {role} of team\n"
        assert mia.push("team/app:v1", check=False).returncode == code, role
    assert [(item["name"], item["role"]) for item in mia.json("projects", "list", "--search", "team")["items"]] == [
        ("team", "operator")]
    assert [item["name"] for item in mia.json("members", "list", "team")["items"]] == ["mia"]
    assert "image-" not in admin.cang("members", "set", "team", "mia", "image-admin").stdout
    wrong = admin.refused("members", "set", "team", "mia", "king")
    assert (wrong.returncode, wrong.stderr) == (3, "cang: setting the role: role: must be admin, operator or viewer\n")
    assert "still has 1 repositories" in admin.refused("projects", "delete", "team", "--yes").stderr
    admin.cang("users", "disable", "mia")
    assert admin.cang("members", "remove", "team", "mia").stdout == "mia is no longer a member of team\n"
    assert admin.refused("members", "remove", "team", "mia").returncode == 2


def test_a_project_is_changed_piece_by_piece(admin):
    admin.cang("projects", "create", "piece", "--quota", "1GiB", "--description", "before")
    admin.cang("projects", "update", "piece", "--public")
    project = admin.json("projects", "show", "piece")
    assert (project["public"], project["description"], project["quotaBytes"]) == (True, "before", 1 << 30)
    changed = admin.json("projects", "update", "piece", "--public=false", "--quota", "none", "--display-name", "Piece")
    assert (changed["public"], changed["description"], changed["displayName"]) == (False, "before", "Piece")
    assert "quotaBytes" not in changed
    assert "Visibility:   private\n" in admin.cang("projects", "show", "piece").stdout
    assert admin.refused("projects", "create", "piece").returncode == 1
    admin.cang("projects", "delete", "piece", "--yes")
    assert admin.refused("projects", "show", "piece").returncode == 2


def test_a_robot_signs_in_with_its_secret(admin, tmp_path):
    admin.cang("projects", "create", "bots")
    made = admin.cang("robots", "create", "ci", "--project", "bots", "--permission", "image.pull", "--permission",
                      "image.push", "--expires", "90d")
    secret = made.stdout.strip()
    assert secret.startswith("cang_robot_") and "\n" not in secret
    assert "robot$bots+ci" in made.stderr and secret not in made.stderr
    robot = Person(admin.server, tmp_path, "robot$bots+ci", secret)
    robot.push("bots/app:v1")
    assert robot.push("other/app:v1", check=False).returncode == 1
    assert "lacks the permission account.self" in robot.refused("tokens", "list").stderr
    renewed = admin.cang("robots", "renew", "robot$bots+ci", "--quiet")
    assert renewed.stderr == "" and renewed.stdout.strip() != secret
    robot.refused("tags", "bots/app")
    robot.login(renewed.stdout)
    admin.cang("robots", "disable", "ci", "--project", "bots")
    robot.refused("tags", "bots/app")
    listed = admin.json("robots", "list", "--project", "bots")["items"][0]
    assert listed["disabled"] and listed["scopes"] == [
        {"project": "bots", "permissions": ["image.pull", "image.push"]}] and "expiresAt" in listed
    admin.cang("robots", "enable", "ci", "--project", "bots")
    robot.cang("tags", "bots/app")
    admin.cang("robots", "delete", "robot$bots+ci", "--yes")
    robot.refused("tags", "bots/app")


def test_a_robot_of_the_server_may_pull_everywhere(admin, tmp_path):
    admin.push("anywhere/app:v1")
    secret = admin.cang("robots", "create", "backup", "--permission", "image.pull").stdout
    robot = Person(admin.server, tmp_path, "robot$backup", secret)
    assert robot.cang("tags", "anywhere/app").stdout == "v1\n"
    assert robot.push("anywhere/app:v2", check=False).returncode == 1
    unknown = admin.refused("robots", "create", "x", "--permission", "image.pulll")
    assert unknown.returncode == 3 and "image.pulll" in unknown.stderr


def test_a_token_is_a_password_with_limits(admin, tmp_path):
    tom = create_user(admin, "tom", tmp_path)
    admin.cang("projects", "create", "toms")
    admin.cang("members", "set", "toms", "tom", "operator")
    tom.push("toms/app:v1")
    whole = tom.cang("tokens", "create", "whole", "--expires", "1h").stdout
    pulls = tom.cang("tokens", "create", "pulls", "--permission", "toms:image.pull").stdout
    assert whole.startswith("cang_pat_") and pulls.startswith("cang_pat_")
    tom.login(pulls)
    assert tom.cang("tags", "toms/app").stdout == "v1\n"
    assert tom.push("toms/app:v2", check=False).returncode == 1
    tom.refused("tokens", "create", "more")
    tom.login(whole)
    tom.push("toms/app:v2")
    listed = tom.cang("tokens", "list").stdout
    assert "toms: image.pull" in listed and "everything that you may" in listed and whole.strip() not in listed
    assert tom.cang("tokens", "revoke", "whole").stdout == "revoked whole\n"
    tom.refused("tags", "toms/app")
    expired = tom.refused("tokens", "create", "late", "--expires", "2020-01-01", "--creds", f"tom:{PASSWORD}")
    assert (expired.returncode, expired.stderr) == (3, "cang: creating the token: expiresAt: is in the past\n")


def test_somebody_is_found_however_many_have_the_name_in_theirs(admin, tmp_path):
    admin.cang("projects", "create", "crowd")
    for number in range(21):
        admin.cang("users", "create", f"a{number:02}-zoe", "--password-stdin", input=PASSWORD)
    create_user(admin, "zoe", tmp_path)
    assert admin.cang("members", "set", "crowd", "zoe", "viewer").stdout == "zoe is viewer of crowd\n"
    page = admin.json("users", "list", "--search", "zoe", "--limit", "20")
    assert len(page["items"]) == 20 and page["total"] == 22
    rest = admin.json("users", "list", "--search", "zoe", "--limit", "20", "--cursor", page["next"])
    assert [user["name"] for user in rest["items"]] == ["a20-zoe", "zoe"]


def test_the_audit_log_is_listed_and_exported(admin, tmp_path):
    admin.cang("projects", "create", "logged")
    admin.cang("projects", "update", "logged", "--public")
    lines = admin.cang("audit", "list", "--project", "logged", "--from", "1h").stdout.splitlines()
    assert [line.split()[4:7] for line in lines[1:]] == [["project.update", "ok", "logged"],
                                                         ["project.create", "ok", "logged"]]
    page = admin.json("audit", "list", "--project", "logged", "--action", "project.update")
    assert (page["items"][0]["before"]["public"], page["items"][0]["after"]["public"]) == (False, True)
    exported = [json.loads(line) for line in admin.cang("audit", "export", "--project", "logged").stdout.splitlines()]
    assert [event["action"] for event in exported] == ["project.update", "project.create"]
    target = tmp_path / "audit.csv"
    told = admin.json("audit", "export", "--project", "logged", "--format", "csv", "-o", str(target))
    assert told == {"file": str(target), "bytes": target.stat().st_size}
    with open(target, newline="") as file:
        assert [row["action"] for row in csv.DictReader(file)] == ["project.update", "project.create"]
    assert admin.cang("audit", "list", "--to", "2020-01-01").stdout == ""
    wrong = admin.refused("audit", "export", "--format", "xml", "-o", str(tmp_path / "none"))
    assert wrong.returncode == 3 and not (tmp_path / "none").exists()


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, person, *arguments):
        self.screen, other = pty.openpty()
        self.shown = b""
        self.settings = termios.tcgetattr(self.screen)
        environment = clean_environment(person.home, **person.environment)
        self.child = subprocess.Popen([BINARY, *arguments], stdin=other, stdout=other, stderr=other, env=environment,
                                      start_new_session=True, preexec_fn=self._take_terminal)
        self.other = other

    @staticmethod
    def _take_terminal():
        import fcntl
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def echoes(self):
        return bool(termios.tcgetattr(self.screen)[3] & termios.ECHO)

    def read_until(self, text):
        while text not in self.shown:
            self.shown += os.read(self.screen, 4096)

    def type(self, text):
        wait_until(lambda: not self.echoes(), 30, "the terminal is silent")
        os.write(self.screen, text)

    def close(self):
        self.child.wait(timeout=30)
        os.close(self.other)
        os.close(self.screen)


def test_a_password_that_is_typed_is_not_shown(admin):
    terminal = Terminal(admin, "users", "create", "typed")
    terminal.read_until(b"New password: ")
    terminal.type(PASSWORD.encode() + b"\n")
    terminal.read_until(b"The same again: ")
    terminal.type(PASSWORD.encode() + b"\n")
    terminal.read_until(b"created user typed")
    assert terminal.echoes() and PASSWORD.encode() not in terminal.shown
    terminal.close()
    assert terminal.child.returncode == 0
    cang("projects", "list", "--server", admin.server.url, "--creds", f"typed:{PASSWORD}", home=admin.home)


def test_an_interrupted_prompt_leaves_the_terminal_as_it_was(admin):
    terminal = Terminal(admin, "users", "create", "never")
    terminal.read_until(b"New password: ")
    terminal.type(b"half a pass\x03")
    wait_until(lambda: terminal.child.poll() is not None, 30, "the command ends")
    assert terminal.child.returncode == -signal.SIGINT and terminal.echoes()
    terminal.close()
