"""`cang operations` against a real server."""

import json

import pytest

from distribution import Client
from machine import ADMIN_PASSWORD, CangServer, cang, running


@pytest.fixture
def closed_server(tmp_path):
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as started:
        client = Client(started.address, "admin", ADMIN_PASSWORD)
        for query in ("", "?dryRun=true"):
            assert client.request("POST", "/api/v1/gc" + query, headers={"Content-Length": "0"})[0] == 200
        yield started


def operations(server, *arguments, credentials=f"admin:{ADMIN_PASSWORD}", **options):
    return cang("operations", *arguments, "--server", server.url, "--creds", credentials, home=server.directory, **options)


def newest(server):
    return json.loads(operations(server, "list", "--json").stdout)["items"][0]


def test_the_history_is_listed_and_filtered(closed_server):
    lines = operations(closed_server, "list").stdout.splitlines()
    assert lines[0].split() == ["ID", "STATE", "CREATED", "TITLE"]
    assert [line.split(maxsplit=3)[3] for line in lines[1:]] == ["Tell what a collection would free", "Collect garbage"]
    page = json.loads(operations(closed_server, "list", "--limit", "1", "--json").stdout)
    assert page["total"] == 2 and len(page["items"]) == 1
    rest = json.loads(operations(closed_server, "list", "--cursor", page["next"], "--json").stdout)
    assert [item["title"] for item in rest["items"]] == ["Collect garbage"]
    assert operations(closed_server, "list", "--state", "failed").stdout == ""


def test_one_is_shown_and_watched(closed_server):
    operation = newest(closed_server)
    assert json.loads(operations(closed_server, "show", operation["id"], "--json").stdout)["id"] == operation["id"]
    shown = operations(closed_server, "show", operation["id"]).stdout
    assert "State:        succeeded\n" in shown and "Requested by: admin\n" in shown
    watched = operations(closed_server, "watch", operation["id"])
    assert watched.stderr == "Tell what a collection would free succeeded\n"


def test_what_has_ended_is_neither_cancelled_nor_retried(closed_server):
    operation = newest(closed_server)
    assert operations(closed_server, "cancel", operation["id"]).stdout == f"{operation['id']} has ended already: succeeded\n"
    refused = operations(closed_server, "retry", operation["id"], check=False)
    assert (refused.returncode, refused.stderr) == (1, "cang: retrying the operation: the operation has succeeded\n")


def test_exit_codes_tell_what_is_wrong(closed_server):
    missing = operations(closed_server, "watch", "nothing", check=False)
    assert (missing.returncode, missing.stderr) == (2, "cang: watching the operation: there is no such operation\n")
    assert operations(closed_server, "show", check=False).returncode == 3
    stranger = operations(closed_server, "list", credentials="admin:wrong", check=False)
    assert stranger.returncode == 1
    assert stranger.stderr.startswith("cang: listing operations: the user name or the password is wrong\nhint: log in")
