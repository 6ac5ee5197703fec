"""Every change and every sign-in leaves an event: who, from where, what, before and after, how it ended."""

import csv
import io
import json
import re
import urllib.parse
import uuid

import pytest

import images
from machine import ADMIN_PASSWORD, CangServer, running, wait_until
from people import (PASSWORD, Asker, add_project, add_robot, add_token, add_user, administrator, basic, bearer, client,
                    scope, sign_in)

IMAGE = images.noise_image(1000, "audit")
SCOPES = [scope("team", "image.pull")]
MINE = [scope("*", "account.self")]


class Place:
    def __init__(self, server):
        self.server = server
        self.admin = admin = administrator(server)
        self.owner, self.operator, self.viewer = (add_user(admin, name) for name in ("owner", "operator", "viewer"))
        add_project(admin, "team", admin=[self.owner], operator=[self.operator], viewer=[self.viewer])
        add_project(admin, "other", public=True, operator=[self.operator])
        client(admin).push_image("team/app", "v1", IMAGE)
        client(admin).push_image("other/app", "v1", IMAGE)

    def newest(self):
        events = self.admin.get("/audit?limit=1")["items"]
        return events[0]["id"] if events else 0

    def since(self, mark, query=""):
        """Newest last."""
        events = self.admin.get(f"/audit?limit=100{query}")["items"]
        return [event for event in reversed(events) if event["id"] > mark]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with running(CangServer(tmp_path_factory.mktemp("cang"), "--auth", "token")) as server:
        yield Place(server)


def fresh():
    return "x" + uuid.uuid4().hex[:10]


def the_event(place, mark, action, actor=""):
    events = [event for event in place.since(mark, f"&actor={urllib.parse.quote(actor)}") if event["action"] == action]
    assert len(events) == 1, (action, place.since(mark))
    return events[0]


def check(event, actor, resource, project=None, before=None, after=None, via="password", result="ok"):
    """before and after: members that have to be there; None: there is no such object."""
    assert event["actor"] == actor and event["via"] == via and event["address"] == "127.0.0.1", event
    assert re.fullmatch(r"[0-9a-f]+", event["requestId"]), event
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", event["at"]), event
    assert re.fullmatch(resource, event["resource"]), event
    assert event.get("project") == project and event["result"] == result, event
    for key, wanted in (("before", before), ("after", after)):
        assert (key in event) == (wanted is not None), event
        assert wanted is None or wanted.items() <= event[key].items(), event


def test_users(place):
    mark, name = place.newest(), fresh()
    user = add_user(place.admin, name)
    check(the_event(place, mark, "user.create"), "admin", f"user {name}", after={"name": name, "admin": False, "disabled": False})
    place.admin.put(f"/users/{user.identity}", {"displayName": "Somebody", "email": "", "disabled": True})
    check(the_event(place, mark, "user.update"), "admin", f"user {name}", before={"disabled": False},
          after={"disabled": True, "displayName": "Somebody"})
    place.admin.put(f"/users/{user.identity}/password", {"password": PASSWORD + "!"}, expect=204)
    check(the_event(place, mark, "user.password"), "admin", f"user {name}")
    place.admin.delete(f"/users/{user.identity}")
    check(the_event(place, mark, "user.delete"), "admin", f"user {name}", before={"name": name})


def test_ones_own_account(place):
    user = add_user(place.admin, fresh())
    mark = place.newest()
    session = sign_in(user)
    check(the_event(place, mark, "sign-in"), user.name, f"user {user.name}")
    check(the_event(place, mark, "session.create"), user.name, f"user {user.name}")
    session.put("/account", {"displayName": "Me", "email": "me@example.org"})
    check(the_event(place, mark, "user.update"), user.name, f"user {user.name}", via="session", before={"email": ""},
          after={"email": "me@example.org"})
    made = session.post("/account/tokens", {"name": "ci", "scopes": MINE})
    check(the_event(place, mark, "token.create"), user.name, "token ci", via="session", after={"name": "ci", "scopes": MINE})
    Asker(place.server, user.name, bearer(made["token"])).get("/account")
    check(place.since(mark)[-1], user.name, f"user {user.name}", via="token")
    session.delete(f"/account/tokens/{made['id']}")
    check(the_event(place, mark, "token.delete"), user.name, "token ci", via="session", before={"name": "ci"})
    session.put("/account/password", {"oldPassword": PASSWORD, "newPassword": PASSWORD + "!"}, expect=204)
    check(the_event(place, mark, "user.password"), user.name, f"user {user.name}", via="session")
    session.delete("/session")
    check(the_event(place, mark, "session.delete"), user.name, f"user {user.name}", via="session")


@pytest.mark.parametrize("path,body", [("/api/v1/session", True), ("/v2/token?service=cang", False), ("/v2/", False),
                                       ("/api/v1/account", False)])
def test_a_wrong_password(place, path, body):
    mark, name = place.newest(), fresh()
    if body:
        Asker(place.server).ask("POST", path, {"user": name, "password": "wrong"}, expect=401)
    else:
        Asker(place.server, "", basic(name, "wrong")).ask("GET", path, expect=401)
    event = the_event(place, mark, "sign-in")
    check(event, name, f"user {name}", result="denied")
    assert event["message"] == "the name or the secret is wrong"


def test_projects_and_members(place):
    mark, name = place.newest(), fresh()
    place.admin.post("/projects", {"name": name, "description": "new"})
    check(the_event(place, mark, "project.create"), "admin", name, name, after={"name": name, "public": False})
    place.admin.put(f"/projects/{name}", {"displayName": name, "description": "", "public": True, "quotaBytes": 1000})
    check(the_event(place, mark, "project.update"), "admin", name, name, before={"public": False},
          after={"public": True, "quotaBytes": 1000})
    for role in ("viewer", "admin"):
        mark_role = place.newest()
        place.admin.put(f"/projects/{name}/members/{place.viewer.identity}", {"role": role})
        check(the_event(place, mark_role, "member.put"), "admin", f"user viewer in {name}", name, after={"role": role},
              before={"role": "viewer"} if role == "admin" else None)
    place.admin.delete(f"/projects/{name}/members/{place.viewer.identity}")
    check(the_event(place, mark, "member.delete"), "admin", f"user viewer in {name}", name, before={"role": "admin"})
    place.admin.delete(f"/projects/{name}")
    check(the_event(place, mark, "project.delete"), "admin", name, name, before={"name": name})


@pytest.mark.parametrize("project", ["team", None])
def test_robots(place, project):
    mark, name = place.newest(), fresh()
    path = f"/projects/{project}/robots" if project else "/robots"
    asker = place.owner if project else place.admin
    body = {"name": name, "description": "builds", "scopes": SCOPES}
    robot = asker.post(path, body)
    full = re.escape(robot["name"])
    check(the_event(place, mark, "robot.create"), asker.name, full, project, after={"description": "builds", "scopes": SCOPES})
    asker.put(f"{path}/{robot['id']}", {**body, "disabled": True})
    check(the_event(place, mark, "robot.update"), asker.name, full, project, before={"disabled": False}, after={"disabled": True})
    asker.put(f"{path}/{robot['id']}", body)
    renewed = asker.post(f"{path}/{robot['id']}/secret", {}, expect=200)["secret"]
    check(the_event(place, mark, "robot.secret"), asker.name, full, project)
    Asker(place.server, robot["name"], basic(robot["name"], renewed)).ask("GET", "/v2/", expect=200)
    check(the_event(place, mark, "sign-in", robot["name"]), robot["name"], "user " + full, via="robot")
    asker.delete(f"{path}/{robot['id']}")
    check(the_event(place, mark, "robot.delete"), asker.name, full, project, before={"description": "builds"})


def test_images(place):
    mark, repository = place.newest(), f"team/{fresh()}"
    client(place.operator).push_image(repository, "v1", IMAGE)
    check(the_event(place, mark, "image.push"), "operator", f"{repository}.*v1.*", "team")
    place.operator.put(f"/repositories/{repository}/-/tags/v2", {"digest": IMAGE.digest})
    check(the_event(place, mark, "image.tag"), "operator", f"{repository}.*v2.*", "team")
    place.operator.put(f"/repositories/{repository}", {"private": True})
    check(the_event(place, mark, "repository.update"), "operator", repository, "team", before={"private": False},
          after={"private": True})
    place.owner.delete(f"/repositories/{repository}/-/tags/v2")
    check(the_event(place, mark, "image.delete"), "owner", f"{repository}:v2", "team")
    deleted = place.newest()
    client(place.owner).delete(repository, IMAGE.digest)
    check(the_event(place, deleted, "image.delete"), "owner", f"{repository}:v1", "team")
    place.owner.delete(f"/repositories/{repository}")
    check(the_event(place, mark, "repository.delete"), "owner", repository, "team")


def test_a_push_by_a_token_of_the_protocol(place):
    mark = place.newest()
    token = place.operator.registry_token("repository:team/app:pull,push")
    Asker(place.server, "operator", bearer(token)).ask("PUT", "/v2/team/app/manifests/by-token", IMAGE.manifest,
                                                       {"Content-Type": images.MANIFEST}, expect=201)
    check(the_event(place, mark, "image.push"), "operator", "team/app.*by-token.*", "team", via="registry token")


def test_the_first_push_to_a_project(place):
    mark, project = place.newest(), fresh()
    client(place.admin).push_image(f"{project}/app", "v1", IMAGE)
    event = the_event(place, mark, "project.create")
    check(event, "admin", project, project)
    assert event["message"] == "made by the first push to it"


def test_registries(place):
    mark, name = place.newest(), fresh()
    body = {"name": name, "url": f"http://{name}.invalid", "user": "someone", "password": "never shown"}
    made = place.admin.post("/registries", body)
    check(the_event(place, mark, "registry.create"), "admin", f"registry {name}",
          after={"user": "someone", "hasPassword": True})
    place.admin.put(f"/registries/{made['id']}", {**body, "user": "another"})
    check(the_event(place, mark, "registry.update"), "admin", f"registry {name}", before={"user": "someone"},
          after={"user": "another"})
    place.admin.delete(f"/registries/{made['id']}")
    check(the_event(place, mark, "registry.delete"), "admin", f"registry {name}", before={"user": "another"})
    assert "never shown" not in json.dumps(place.since(mark))


def test_operations(place):
    mark, target = place.newest(), f"other/{fresh()}:v1"
    body = {"source": "team/app:v1", "target": target}
    started = place.operator.post("/copies", body, expect=202)
    event = the_event(place, mark, "operation.start")
    check(event, "operator", f"Copy team/app:v1 to {target}", after=body)
    assert event["message"] == f"operation {started['id']}"
    wait_until(lambda: place.operator.get(f"/operations/{started['id']}")["state"] == "succeeded", 60, "the copy ends")
    pushed = the_event(place, mark, "image.push")
    assert pushed["actor"] == "operator" and pushed["via"] == f"operation {started['id']}", pushed
    place.operator.ask("POST", f"/api/v1/operations/{started['id']}/cancel", {}, expect=202)
    check(the_event(place, mark, "operation.cancel"), "operator", f"Copy team/app:v1 to {target}")
    place.admin.post("/gc", {}, expect=200)
    assert any(one["resource"] == "Collect garbage" for one in place.since(mark))


@pytest.mark.parametrize("method,path,body,action,resource,project", [
    ("PUT", "/api/v1/repositories/team/app/-/tags/v9", {"digest": IMAGE.digest}, "api.tags.put", "team/app", "team"),
    ("DELETE", "/api/v1/repositories/team/app", None, "api.repositories.delete", "team/app", "team"),
    ("POST", "/api/v1/users", {"name": "x", "password": PASSWORD}, "api.users.create", "", None),
    ("POST", "/v2/team/app/blobs/uploads/", None, "registry.upload.start", "team/app", "team"),
    ("DELETE", "/v2/team/app/manifests/v1", None, "registry.manifest.delete", "team/app", "team"),
])
def test_a_refused_change(place, method, path, body, action, resource, project):
    mark = place.newest()
    place.viewer.ask(method, path, body, expect=403)
    event = the_event(place, mark, action)
    check(event, "viewer", resource, project, result="denied")
    assert event["message"].startswith("viewer lacks the permission "), event


def test_what_is_only_looked_at_leaves_nothing(place):
    for asker in (place.viewer, place.admin):
        asker.get("/account")
    mark = place.newest()
    for path in ("/v2/", "/v2/team/app/tags/list", "/api/v1/account", "/api/v1/users", "/api/v1/repositories/team/app"):
        Asker(place.server).ask("GET", path, expect=401)
    Asker(place.server).ask("POST", "/v2/team/app/blobs/uploads/", expect=401)
    Asker(place.server).ask("GET", "/v2/token?service=cang&scope=repository:team/app:pull,push", expect=200)
    place.viewer.ask("GET", "/api/v1/users", expect=403)
    client(place.viewer).check_whole("team/app", "v1")
    assert place.since(mark) == []


def test_filters(place):
    mark, name = place.newest(), fresh()
    user = add_user(place.admin, name)
    place.admin.delete(f"/users/{user.identity}")
    client(place.operator).push_image(f"team/{name}", "v1", IMAGE)
    Asker(place.server, "", basic(name, "wrong")).ask("GET", "/v2/", expect=401)

    def actions(query):
        return sorted(event["action"] for event in place.since(mark, "&" + query))

    everything = ["image.push", "sign-in", "user.create", "user.delete"]
    assert actions(f"search={name}") == everything
    assert actions(f"search={name.upper()}") == everything
    assert actions(f"search={name}&action=user") == ["user.create", "user.delete"]
    assert actions(f"search={name}&action=user.create") == ["user.create"]
    assert actions(f"search={name}&actor=operator") == ["image.push"]
    assert actions(f"search={name}&project=team") == ["image.push"]
    assert actions(f"search={name}&result=denied") == ["sign-in"]
    assert actions(f"search={name}&result=failed") == []
    assert actions(f"search={name[:-1]}%25") == [] and actions(f"search={name[:-1]}_") == []
    at = next(event["at"] for event in place.since(mark, f"&search={name}") if event["action"] == "user.delete")
    assert "user.create" not in actions(f"search={name}&from={at}") and "user.delete" in actions(f"search={name}&from={at}")
    assert "user.delete" not in actions(f"search={name}&to={at}")
    for wrong in ("result=maybe", "from=yesterday", "cursor=x", "cursor=-1", "limit=100000"):
        place.admin.ask("GET", f"/api/v1/audit?{wrong}", expect=400)


def test_pages(place):
    for number in range(5):
        client(place.operator).put_manifest("team/app", f"page-{number}", IMAGE.manifest)
    query, seen, cursor = "/audit?actor=operator&action=image.push&limit=2", [], ""
    total = place.admin.get(query)["total"]
    while cursor is not None:
        page = place.admin.get(query + (f"&cursor={cursor}" if cursor else ""))
        seen += [event["id"] for event in page["items"]]
        cursor = page.get("next")
    assert len(seen) == total >= 5
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == len(seen)


def test_a_project_shows_its_own_events_only(place):
    client(place.operator).put_manifest("team/app", fresh(), IMAGE.manifest)
    client(place.operator).put_manifest("other/app", fresh(), IMAGE.manifest)
    page = place.owner.get("/projects/team/audit?limit=100")
    assert page["items"] and {event["project"] for event in page["items"]} == {"team"}
    # What else is asked for does not lead out of it.
    assert {event["project"] for event in place.owner.get("/projects/team/audit?project=other&limit=100")["items"]} == {"team"}
    assert place.owner.get("/projects/team/audit?action=user")["items"] == []
    for asker in (place.operator, place.viewer):
        asker.ask("GET", "/api/v1/projects/team/audit", expect=403)
    place.owner.ask("GET", "/api/v1/projects/other/audit", expect=403)
    place.owner.ask("GET", "/api/v1/audit", expect=403)
    place.owner.ask("GET", "/api/v1/audit/export", expect=403)


def test_export_as_json_lines(place):
    answer = place.admin.ask("GET", "/api/v1/audit/export?format=jsonl&project=team", expect=200)
    assert answer.headers["Content-Type"] == "application/jsonl"
    assert 'filename="audit.jsonl"' in answer.headers["Content-Disposition"]
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    assert lines == sorted(lines, key=lambda event: -event["id"]) and {event["project"] for event in lines} == {"team"}
    assert lines[0] == place.admin.get("/audit?project=team&limit=1")["items"][0]


def test_export_as_csv(place):
    """What a table would compute is text there."""
    name = fresh()
    Asker(place.server, "", basic(f'=cmd("{name}"),1', "wrong")).ask("GET", "/v2/", expect=401)
    answer = place.admin.ask("GET", f"/api/v1/audit/export?format=csv&search={name}", expect=200)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert len(rows) == 1, rows
    assert list(rows[0]) == ["id", "at", "actor", "via", "address", "requestId", "action", "resource", "project", "result",
                             "message", "before", "after"]
    assert rows[0]["actor"] == f"'=cmd(\"{name}\"),1" and rows[0]["action"] == "sign-in" and rows[0]["result"] == "denied"
    whole = place.admin.ask("GET", "/api/v1/audit/export?format=csv", expect=200).body.decode()
    assert len(list(csv.reader(io.StringIO(whole, newline="")))) == place.admin.get("/audit?limit=1")["total"] + 1


def test_an_export_longer_than_a_page_is_whole(place):
    for number in range(520):
        client_ = client(place.operator)
        client_.put_manifest("team/app", f"many-{number % 7}", IMAGE.manifest)
        client_.close()
    lines = place.admin.ask("GET", "/api/v1/audit/export?actor=operator&action=image.push", expect=200).body.splitlines()
    identities = [json.loads(line)["id"] for line in lines]
    assert len(identities) == len(set(identities)) == place.admin.get("/audit?actor=operator&action=image.push&limit=1")["total"]
    assert len(identities) > 500


def test_no_request_changes_the_log(place):
    mark = place.newest()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert place.admin.ask(method, "/api/v1/audit", {}).status in (404, 405)
        assert place.admin.ask(method, f"/api/v1/audit/{mark}", {}).status in (404, 405)
    assert place.newest() == mark
