"""Every route, asked by everybody: who may passes, who may not is told which permission is missing.

What is right is written down here, not asked from the server; the server's table only has to have the same routes.
"""

import itertools
import json
import re
import urllib.parse

import pytest

import images
from machine import ADMIN_PASSWORD, ROOT, CangServer, running, wait_until
from people import (PASSWORD, Asker, add_project, add_robot, add_token, add_user, administrator, basic, client, scope,
                    sign_in)

IMAGE = images.noise_image(2000, "permissions")
SYNC = "sync:\n  - source: commons/app\n    as: commons/synced\n"
EXPORT = {"images": ["commons/app:v1"], "format": "oci-archive"}

# permission -> who has it at least, and the routes that ask for it.
TABLE = {
    "public": ("everybody", "session.get session.post session.delete docs.openapi docs.routes docs.page docs.file "
                            "oidc.login oidc.callback"),
    "catalog.read": ("everybody", "repositories.list images.list diff.get"),
    "project.list": ("everybody", "projects.list"),
    "account.self": ("signed-in", "account.get account.put account.password account.sessions account.end_session "
                                  "account.tokens account.create_token account.delete_token"),
    "operation.read": ("signed-in", "operations.list operations.get operations.events operations.cancel "
                                    "operations.retry"),
    "operation.start": ("signed-in", "copies.start syncs.start imports.start exports.start exports.archive "
                                     "exports.delete"),
    "permission.read": ("signed-in", "permissions.list"),
    "registry.browse": ("signed-in", "registries.repositories registries.tags registries.image"),
    "registry.read": ("signed-in", "registries.list registries.get"),
    "storage.read": ("signed-in", "storage.get storage.history"),
    "system.read": ("signed-in", "system.get"),
    "upload.write": ("signed-in", "uploads.create uploads.get uploads.append uploads.delete uploads.images"),
    "user.search": ("signed-in", "users.search"),
    "image.pull": ("guest", "repositories.get images.get manifests.get referrers.list tags.list"),
    "project.read": ("guest", "projects.get"),
    "member.read": ("viewer", "projects.members"),
    "image.push": ("operator", "tags.put"),
    "image.delete": ("project admin", "repositories.delete images.delete tags.delete"),
    "member.manage": ("project admin", "projects.put_member projects.delete_member"),
    "project.audit": ("project admin", "projects.audit"),
    "project.delete": ("project admin", "projects.delete"),
    "project.update": ("project admin", "projects.put"),
    "repository.update": ("project admin", "repositories.put"),
    "robot.manage": ("project admin", "projects.robots.create projects.robots.put projects.robots.secret "
                                      "projects.robots.delete"),
    "robot.read": ("project admin", "projects.robots.list projects.robots.get"),
    "audit.read": ("system admin", "audit.list audit.export"),
    "project.create": ("system admin", "projects.create"),
    "registry.manage": ("system admin", "registries.create registries.put registries.delete registries.test "
                                        "registries.test_settings"),
    "robot.server": ("system admin", "robots.list robots.create robots.get robots.put robots.secret robots.delete"),
    "settings.read": ("system admin", "settings.list"),
    "storage.collect": ("system admin", "gc.post"),
    "user.manage": ("system admin", "users.list users.create users.get users.put users.password users.delete"),
}
PERMISSIONS = {f"api.{name}": permission for permission, (_, names) in TABLE.items() for name in names.split()}

REGISTRY = [
    # name, method, path, permission, scopes to ask a token for
    ("registry.manifest.get", "GET", "/v2/{name}/manifests/v1", "image.pull", "pull"),
    ("registry.manifest.head", "HEAD", "/v2/{name}/manifests/v1", "image.pull", "pull"),
    ("registry.manifest.put", "PUT", "/v2/{name}/manifests/{fresh}", "image.push", "pull,push"),
    ("registry.manifest.delete", "DELETE", "/v2/{name}/manifests/{tag}", "image.delete", "delete"),
    ("registry.blob.get", "GET", "/v2/{name}/blobs/{blob}", "image.pull", "pull"),
    ("registry.blob.head", "HEAD", "/v2/{name}/blobs/{blob}", "image.pull", "pull"),
    ("registry.blob.delete", "DELETE", "/v2/{name}/blobs/{spare}", "image.delete", "delete"),
    ("registry.upload.start", "POST", "/v2/{name}/blobs/uploads/", "image.push", "pull,push"),
    ("registry.upload.get", "GET", "{upload}", "image.push", "pull,push"),
    ("registry.upload.patch", "PATCH", "{upload}", "image.push", "pull,push"),
    ("registry.upload.put", "PUT", "{upload}", "image.push", "pull,push"),
    ("registry.upload.delete", "DELETE", "{upload}", "image.push", "pull,push"),
    ("registry.tags", "GET", "/v2/{name}/tags/list", "image.pull", "pull"),
    ("registry.referrers", "GET", "/v2/{name}/referrers/{digest}", "image.pull", "pull"),
    ("registry.catalog", "GET", "/v2/_catalog", "catalog.list", "registry:catalog:*"),
    # Who is not signed in gets the challenge here: this is how clients learn that they may sign in.
    ("registry.base", "GET", "/v2/", "registry.sign-in", ""),
    ("registry.base.head", "HEAD", "/v2/", "registry.sign-in", ""),
    ("registry.base.bare", "GET", "/v2", "registry.sign-in", ""),
]
LEAST = {permission: least for permission, (least, _) in TABLE.items()} | {
    "catalog.list": "system admin", "registry.sign-in": "signed-in"}

RANK = {"guest": 1, "viewer": 2, "operator": 3, "project admin": 4}
# role -> the project that it is about, and what it is there.
ROLES = {
    "anonymous": ("team", None),
    "passer-by": ("open", "guest"),  # anonymous, too, where the project is public
    "stranger": ("team", None),
    "guest": ("open", "guest"),
    "viewer": ("team", "viewer"),
    "operator": ("team", "operator"),
    "project admin": ("team", "project admin"),
    "system admin": ("team", "project admin"),
    "robot": ("team", None),  # with image.pull
    "token": ("team", None),  # of the project's administrator, with image.pull
}


def is_allowed(role, permission):
    least = LEAST[permission]
    if role == "system admin" or least == "everybody":
        return True
    if role in ("robot", "token"):
        return permission in ("image.pull", "registry.sign-in")
    if least == "signed-in":
        return role not in ("anonymous", "passer-by")
    return RANK.get(ROLES[role][1], 0) >= RANK.get(least, 9)


class World:
    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count()
        self.admin = admin = administrator(server)
        people = {name: add_user(admin, name) for name in ("stranger", "viewer", "operator", "owner", "extra")}
        add_project(admin, "team", admin=[people["owner"]], operator=[people["operator"]], viewer=[people["viewer"]])
        add_project(admin, "open", public=True)
        # Where everybody may do something.
        add_project(admin, "commons", operator=people.values())
        for name in ("team/app", "open/app", "commons/app"):
            client(admin).push_image(name, "v1", IMAGE)
        self.extra = people["extra"]
        self.remote = admin.post("/registries", self.registry("remote"))["id"]
        self.askers = {
            "anonymous": Asker(server), "passer-by": Asker(server), "stranger": people["stranger"],
            "guest": people["stranger"], "viewer": people["viewer"], "operator": people["operator"],
            "project admin": people["owner"], "system admin": admin,
            "robot": add_robot(admin, "team", "ci", "image.pull"),
            "token": add_token(people["owner"], "pull", scope("team", "image.pull")),
        }

    def fresh(self):
        return f"x{next(self.numbers)}"

    def registry(self, name):
        return {"name": name, "url": self.server.url, "user": "admin", "password": ADMIN_PASSWORD}


class Case:
    """One cell: parameters and bodies for routes, with things of its own for those that change or destroy."""

    def __init__(self, world, role, allowed):
        self.world = world
        self.admin = world.admin
        self.project, _ = ROLES[role]
        self.readable = "team/app:v1" if role in ("robot", "token") else "open/app:v1"
        # Of whom the things are that only their owner sees.
        self.owner = world.askers[role] if allowed else world.admin
        self.password = ADMIN_PASSWORD if self.owner is world.admin else PASSWORD
        self.fresh = world.fresh()

    def repository(self):
        name = f"{self.project}/{self.fresh}"
        client(self.admin).push_image(name, "v1", IMAGE)
        return {"name": name}

    def tag(self):
        client(self.admin).put_manifest(f"{self.project}/app", self.fresh, IMAGE.manifest)
        return {"reference": self.fresh, "tag": self.fresh}

    def copy_body(self):
        return {"source": "commons/app:v1", "target": f"commons/{self.fresh}:v1"}

    def operation(self):
        return {"id": self.owner.post("/copies", self.copy_body(), expect=202)["id"]}

    def export(self):
        made = self.owner.post("/exports", EXPORT, expect=202)["id"]
        wait_until(lambda: self.owner.get(f"/operations/{made}")["state"] == "succeeded", 60, "the export ends")
        return {"operation": made}

    def upload(self):
        return {"id": self.owner.post("/uploads", {"name": "x.tar", "size": 3})["id"]}

    def user(self):
        return {"id": self.admin.post("/users", {"name": self.fresh, "password": PASSWORD})["id"]}

    def registry(self):
        return {"id": self.admin.post("/registries", self.registry_body())["id"]}

    def registry_body(self):
        return {"name": self.world.fresh(), "url": f"http://{self.world.fresh()}.invalid"}

    def robot(self, of_project=True):
        path = f"/projects/{self.project}/robots" if of_project else "/robots"
        return {"id": self.admin.post(path, self.robot_body())["id"]}

    def robot_body(self):
        return {"name": self.fresh, "scopes": [scope(self.project, "image.pull")]}

    def session(self):
        sign_in(self.owner, self.password)
        return {"id": next(one["id"] for one in self.owner.get("/account/sessions")["items"])}

    def token(self):
        return {"id": self.owner.post("/account/tokens", {"name": self.fresh})["id"]}

    def own_project(self):
        """Another project in which the roles are the same."""
        add_project(self.admin, self.fresh, public=self.project == "open", admin=[self.world.askers["project admin"]])
        return {"project": self.fresh}

    def member(self):
        self.admin.put(f"/projects/{self.project}/members/{self.world.extra.identity}", {"role": "viewer"})
        return {"user": self.world.extra.identity}


# route -> parameters of the path beside the usual ones, and the body.
REQUESTS = {
    "session.post": lambda c: ({}, {"user": "viewer", "password": PASSWORD}),
    "repositories.put": lambda c: (c.repository(), {"private": False}),
    "repositories.delete": lambda c: (c.repository(), None),
    "images.delete": lambda c: ({**c.repository(), "reference": IMAGE.digest}, None),
    "tags.put": lambda c: ({"tag": c.fresh}, {"digest": IMAGE.digest}),
    "tags.delete": lambda c: (c.tag(), None),
    "diff.get": lambda c: ({"?": f"from={c.readable}&to={c.readable}"}, None),
    "operations.get": lambda c: (c.operation(), None),
    "operations.events": lambda c: (c.operation(), None),
    "operations.cancel": lambda c: (c.operation(), {}),
    "operations.retry": lambda c: (c.operation(), {}),
    "registries.create": lambda c: ({}, c.registry_body()),
    "registries.put": lambda c: (c.registry(), c.registry_body()),
    "registries.delete": lambda c: (c.registry(), None),
    "registries.test": lambda c: ({"id": c.world.remote}, {}),
    "registries.test_settings": lambda c: ({}, c.world.registry(c.fresh)),
    "copies.start": lambda c: ({}, c.copy_body()),
    "syncs.start": lambda c: ({}, {"dryRun": True, "config": SYNC}),
    "imports.start": lambda c: ({}, {"upload": c.upload()["id"]}),
    "exports.start": lambda c: ({}, EXPORT),
    "exports.archive": lambda c: (c.export(), None),
    "exports.delete": lambda c: (c.export(), None),
    "uploads.create": lambda c: ({}, {"name": "x.tar", "size": 3}),
    "uploads.get": lambda c: (c.upload(), None),
    "uploads.append": lambda c: (c.upload(), b"abc"),
    "uploads.delete": lambda c: (c.upload(), None),
    "uploads.images": lambda c: (c.upload(), None),
    "users.search": lambda c: ({"?": "text=view"}, None),
    "users.create": lambda c: ({}, {"name": c.fresh, "password": PASSWORD}),
    "users.get": lambda c: ({"id": c.world.extra.identity}, None),
    "users.put": lambda c: ({"id": c.world.extra.identity}, {"displayName": "Extra", "email": ""}),
    "users.password": lambda c: ({"id": c.world.extra.identity}, {"password": PASSWORD}),
    "users.delete": lambda c: (c.user(), None),
    "account.put": lambda c: ({}, {"displayName": "", "email": "me@example.org"}),
    "account.password": lambda c: ({}, {"oldPassword": c.password, "newPassword": c.password}),
    "account.end_session": lambda c: (c.session(), None),
    "account.create_token": lambda c: ({}, {"name": c.fresh}),
    "account.delete_token": lambda c: (c.token(), None),
    "projects.create": lambda c: ({}, {"name": c.fresh}),
    "projects.put": lambda c: ({}, {"displayName": c.project, "description": "", "public": c.project == "open"}),
    "projects.delete": lambda c: (c.own_project(), None),
    "projects.put_member": lambda c: (c.member(), {"role": "viewer"}),
    "projects.delete_member": lambda c: (c.member(), None),
    "robots.create": lambda c: ({}, c.robot_body()),
    "robots.get": lambda c: (c.robot(False), None),
    "robots.put": lambda c: (c.robot(False), c.robot_body()),
    "robots.secret": lambda c: (c.robot(False), {}),
    "robots.delete": lambda c: (c.robot(False), None),
    "projects.robots.create": lambda c: ({}, c.robot_body()),
    "projects.robots.get": lambda c: (c.robot(), None),
    "projects.robots.put": lambda c: (c.robot(), c.robot_body()),
    "projects.robots.secret": lambda c: (c.robot(), {}),
    "projects.robots.delete": lambda c: (c.robot(), None),
    "docs.file": lambda c: ({"file": "docs.js"}, None),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(CangServer(tmp_path_factory.mktemp("cang"), "--auth", "token")) as server:
        yield World(server)


@pytest.fixture(scope="module")
def routes(world):
    return world.admin.get("/routes")["items"]


def fill(path, parameters):
    return re.sub(r"{(\w+)(?:\.\.\.)?}", lambda found: parameters[found[1]], path)


def problem_of(answer, role, asker, permission):
    """What is wrong with the answer, or None."""
    if is_allowed(role, permission):
        # What was asked for makes sense; it may have ended already, or not be configured here.
        fine = answer.status < 400 or answer.status in (404, 409)
        return None if fine else f"should be allowed: {answer.status} {answer.body[:300]!r}"
    if not asker.name:
        return None if answer.status == 401 else f"should be 401: {answer.status} {answer.body[:300]!r}"
    if answer.status != 403:
        return f"should be 403: {answer.status} {answer.body[:300]!r}"
    wanted = f"{asker.name} lacks the permission {permission}"
    return None if not answer.body or wanted in answer.body.decode() else f"does not say {wanted!r}: {answer.body!r}"


def test_the_table_has_every_route_of_the_api(routes):
    assert {route["name"]: route["permission"] for route in routes} == PERMISSIONS


def test_the_servers_table_of_permissions_says_the_same(world):
    columns = {"anonymous": "everybody", "signedIn": "signed-in", "guest": "guest", "viewer": "viewer",
               "operator": "operator", "projectAdmin": "project admin"}
    for row in world.admin.get("/permissions")["items"]:
        if row["name"] in LEAST and row["name"] != "registry.sign-in":
            least = next((least for column, least in columns.items() if row[column]), "system admin")
            assert least == LEAST[row["name"]], row
            assert row["scope"] == ("project" if least in RANK else "server"), row


def test_no_route_is_without_a_permission():
    """Also those that the API does not list: every row of every table of routes names a permission."""
    known = set(LEAST) | {"public", "live"}
    rows = []
    for file in [*(ROOT / "src/registry").rglob("*_routes.cpp"), ROOT / "src/app/monitor_routes.cpp"]:
        rows += re.findall(r'\{\s*(?:http::)?(?:Method::)?\w+,\s*(?:"[^"]*"|\w+),\s*"([\w.]+)",\s*"([\w.-]+)"', file.read_text())
    names = dict(rows)
    assert set(names) >= {name for name, *_ in REGISTRY} | {"registry.token.get", "registry.token.post", "monitor.livez",
                                                            "monitor.readyz", "monitor.metrics"}
    assert {name for name in names if name.startswith("registry.")} == {
        name for name, *_ in REGISTRY} | {"registry.token.get", "registry.token.post"}
    assert set(names.values()) <= known


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_api(world, routes, role):
    asker = world.askers[role]
    problems = []
    for route in routes:
        permission = PERMISSIONS[route["name"]]
        case = Case(world, role, is_allowed(role, permission))
        usual = {"name": f"{case.project}/app", "project": case.project, "reference": "v1", "tag": "v1",
                 "digest": IMAGE.digest, "id": world.remote, "?": ""}
        make = REQUESTS.get(route["name"].removeprefix("api."), lambda c: ({}, None))
        parameters, body = make(case)
        if route["name"] in ("api.registries.tags", "api.registries.image"):
            parameters = {"name": "commons/app"}
        parameters = {**usual, **parameters}
        path = fill(route["path"], parameters) + ("?" + parameters["?"] if parameters["?"] else "")
        headers = {"Upload-Offset": "0"} if route["name"] == "api.uploads.append" else {}
        if body is not None and not isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        problem = problem_of(asker.ask(route["method"], path, body, headers), role, asker, permission)
        if problem:
            problems.append(f"{route['method']} {path} ({route['name']}): {problem}")
    assert not problems, "\n" + "\n".join(problems)


def start_upload(world, name):
    _, headers, _ = client(world.admin).request("POST", f"/v2/{name}/blobs/uploads/", expect=(202,))
    parts = urllib.parse.urlsplit(headers["Location"])
    return parts.path + ("?" + parts.query if parts.query else "")


def registry_problem(world, role, asker, row, headers):
    name, method, path, permission, _ = row
    case = Case(world, role, True)
    repository = f"{case.project}/app"
    spare = images.noise(500, case.fresh)
    parameters = {"name": repository, "fresh": case.fresh, "blob": IMAGE.config["digest"], "digest": IMAGE.digest,
                  "spare": images.sha256(spare), "tag": case.fresh}
    if name == "registry.manifest.delete":
        case.tag()
    if name == "registry.blob.delete":
        client(world.admin).push_blob(repository, images.sha256(spare), spare)
    if path == "{upload}":
        parameters["upload"] = start_upload(world, repository)
    path = fill(path, parameters)
    body = None
    if name == "registry.manifest.put":
        body, headers = IMAGE.manifest, {**headers, "Content-Type": images.MANIFEST}
    elif name in ("registry.upload.patch", "registry.upload.put"):
        body, headers = spare, {**headers, "Content-Type": "application/octet-stream"}
        path += ("&" if "?" in path else "?") + f"digest={images.sha256(spare)}" if method == "PUT" else ""
    answer = Asker(world.server, asker.name, headers).ask(method, path, body)
    problem = problem_of(answer, role, asker, permission)
    if answer.status == 401 and "WWW-Authenticate" not in answer.headers:
        problem = "no challenge"
    return problem and f"{method} {path} ({name}): {problem}"


@pytest.mark.parametrize("role", ROLES)
def test_registry_with_the_credentials(world, role):
    """Basic, and Bearer for the personal token."""
    asker = world.askers[role]
    problems = [registry_problem(world, role, asker, row, asker.headers) for row in REGISTRY]
    assert not any(problems), "\n" + "\n".join(filter(None, problems))


@pytest.mark.parametrize("role", ROLES)
def test_registry_with_a_token_of_the_protocol(world, role):
    asker = world.askers[role]
    # Clients give personal tokens in the place of a password.
    signer = Asker(world.server, asker.name, basic(asker.name, asker.secret)) if role == "token" else asker
    problems = []
    for row in REGISTRY:
        if row[3] == "registry.sign-in" and not asker.name:
            continue  # an anonymous token is as good as any there
        wanted = row[4] if ":" in row[4] or not row[4] else f"repository:{ROLES[role][0]}/app:{row[4]}"
        token = signer.registry_token(*([wanted] if wanted else []))
        problems.append(registry_problem(world, role, asker, row, {"Authorization": f"Bearer {token}"}))
    assert not any(problems), "\n" + "\n".join(filter(None, problems))


def test_a_registry_token_opens_nothing_but_the_registry(world):
    token = world.admin.registry_token("repository:team/app:pull,push,delete", "registry:catalog:*")
    holder = Asker(world.server, "admin", {"Authorization": f"Bearer {token}"})
    holder.ask("GET", "/v2/team/app/tags/list", expect=200)
    holder.ask("GET", "/api/v1/account", expect=401)
    holder.ask("GET", "/api/v1/users", expect=401)


def test_a_registry_token_is_for_the_repositories_it_names(world):
    token = world.admin.registry_token("repository:team/app:pull")
    holder = Asker(world.server, "admin", {"Authorization": f"Bearer {token}"})
    other = holder.ask("GET", "/v2/open/app/tags/list", expect=401)
    assert 'scope="repository:open/app:pull"' in other.headers["WWW-Authenticate"]
    push = holder.ask("POST", "/v2/team/app/blobs/uploads/", expect=401)
    assert 'error="insufficient_scope"' in push.headers["WWW-Authenticate"]


def test_a_session_has_the_rights_of_its_owner(world):
    for role in ("viewer", "operator", "project admin"):
        session = sign_in(world.askers[role])
        answer = session.ask("PUT", f"/api/v1/repositories/team/app/-/tags/{world.fresh()}", {"digest": IMAGE.digest})
        assert answer.status == (403 if role == "viewer" else 200), answer.body
        # A browser's cookie is for the API; clients of the registry have other ways.
        session.ask("GET", "/v2/team/app/tags/list", expect=401)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/", "/api/v1/docs", "/api/v1/openapi.json"])
def test_monitors_and_the_interface_are_for_everybody(world, path):
    for role in ("anonymous", "viewer", "system admin", "robot"):
        world.askers[role].ask("GET", path, expect=200)


@pytest.mark.parametrize("role", ROLES)
def test_live_events(world, role):
    """Who may see operations may connect to their course; anybody may ask."""
    asker = world.askers[role]
    opened = asker.ask("GET", "/socket.io/?EIO=4&transport=polling", expect=200).body.decode()
    path = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened[1:])['sid']}"
    asker.ask("POST", path, b"40", {"Content-Type": "text/plain"}, expect=200)
    answer = asker.ask("GET", path, expect=200).body.decode()
    if is_allowed(role, "operation.read"):
        assert answer.startswith("40{"), answer
    else:
        assert answer == '44{"message":"sign in first"}', answer


def live(asker, *events):
    """The answers to events, over polling."""
    opened = asker.ask("GET", "/socket.io/?EIO=4&transport=polling", expect=200).body.decode()
    path = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened[1:])['sid']}"
    answers = []
    for packet in ["40"] + [f"42{number}{json.dumps(event)}" for number, event in enumerate(events)]:
        asker.ask("POST", path, packet.encode(), {"Content-Type": "text/plain"}, expect=200)
        answers += asker.ask("GET", path, expect=200).body.decode().split("\x1e")
    return answers


def test_nobody_watches_the_operations_of_others(world):
    operation = world.admin.post("/copies", {"source": "commons/app:v1", "target": f"commons/{world.fresh()}:v1"}, expect=202)
    for asker in (world.askers["viewer"], world.askers["project admin"]):
        answers = live(asker, ["operation.watch", {"id": operation["id"], "after": 0}], ["operations.watch"])
        assert any(answer.startswith("430[") and "there is no such operation" in answer for answer in answers), answers
        assert not any(operation["id"] in answer and answer.startswith("42[") for answer in answers), answers
    answers = live(world.admin, ["operation.watch", {"id": operation["id"], "after": 0}])
    assert any(answer.startswith("430[") and "there is no such operation" not in answer for answer in answers), answers


def test_only_the_owner_and_administrators_see_an_operation_or_an_upload(world):
    owner, other = world.askers["operator"], world.askers["project admin"]
    operation = owner.post("/copies", {"source": "commons/app:v1", "target": f"commons/{world.fresh()}:v1"}, expect=202)
    upload = owner.post("/uploads", {"name": "x.tar", "size": 3})
    for path in (f"/api/v1/operations/{operation['id']}", f"/api/v1/operations/{operation['id']}/events",
                 f"/api/v1/uploads/{upload['id']}"):
        owner.ask("GET", path, expect=200)
        world.admin.ask("GET", path, expect=200)
        other.ask("GET", path, expect=404)
    other.ask("POST", f"/api/v1/operations/{operation['id']}/cancel", {}, expect=404)
    listed = [one["id"] for one in other.get("/operations?limit=100")["items"]]
    assert operation["id"] not in listed


def test_only_administrators_of_the_server_change_a_quota(world):
    owner = world.askers["project admin"]
    body = {"displayName": "team", "description": "", "public": False, "quotaBytes": 1}
    refused = owner.ask("PUT", "/api/v1/projects/team", body, expect=403).json()
    assert refused["detail"].startswith("owner lacks the permission project.quota"), refused


def test_lists_show_what_one_may_see(world):
    team, commons = "team/app", "commons/app"
    for role, seen, unseen in (("anonymous", ["open/app"], [team, commons]),
                               ("stranger", ["open/app", commons], [team]),
                               ("viewer", ["open/app", commons, team], []),
                               ("robot", [team], ["open/app", commons]),
                               ("token", [team], ["open/app", commons]),
                               ("system admin", ["open/app", commons, team], [])):
        asker = world.askers[role]
        repositories = {item["name"] for item in asker.get("/repositories?limit=100&search=app")["items"]}
        rows = {item["repository"] for item in asker.get("/images?limit=100&search=app")["items"]}
        assert repositories >= set(seen) and not repositories & set(unseen), (role, repositories)
        assert rows >= set(seen) and not rows & set(unseen), (role, rows)
