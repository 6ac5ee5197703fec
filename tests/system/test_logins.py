"""docker, skopeo and podman sign in as people, with tokens and as robots, and may what these may; nothing opens the rest."""

import datetime
import http.server
import json
import threading
import uuid

import pytest

import images
from machine import CangServer, cang, running, wait_until
from people import (PASSWORD, Asker, add_project, add_robot, add_token, add_user, administrator, basic, bearer, client,
                    other_addresses, scope)
from test_docker import load
from test_skopeo import skopeo

IMAGE = images.noise_image(3000, "logins")


class Place:
    """team is private, open is public; `maker` and `operator` push to team, `viewer` pulls, `stranger` does neither."""

    def __init__(self, server):
        self.server = server
        self.address = server.address
        self.admin = admin = administrator(server)
        self.owner, self.maker, self.operator, self.viewer, self.stranger = (
            add_user(admin, name) for name in ("owner", "maker", "operator", "viewer", "stranger"))
        add_project(admin, "team", admin=[self.owner], operator=[self.maker, self.operator], viewer=[self.viewer])
        add_project(admin, "open", public=True)
        add_project(admin, "elsewhere", operator=[self.stranger, self.operator])
        client(admin).push_image("team/app", "v1", IMAGE)
        client(admin).push_image("open/app", "v1", IMAGE)

    def user(self):
        """A new operator of team, for what changes people."""
        made = add_user(self.admin, "u" + uuid.uuid4().hex[:8])
        self.admin.put(f"/projects/team/members/{made.identity}", {"role": "operator"})
        return made

    def credentials(self, kind):
        """(name, secret) of somebody who may pull from and push to team."""
        if kind == "password":
            return "operator", PASSWORD
        if kind == "token":
            return "operator", add_token(self.operator, "t" + uuid.uuid4().hex[:8]).secret
        robot = add_robot(self.owner, "team", "r" + uuid.uuid4().hex[:8], "image.pull", "image.push")
        return robot.name, robot.secret


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with running(CangServer(tmp_path_factory.mktemp("cang"), "--auth", "token", "--trust-proxy")) as server:
        server.addresses = other_addresses()
        yield Place(server)


@pytest.fixture
def layout(tmp_path):
    images.write_layout(tmp_path / "in", {"v1": IMAGE})
    return tmp_path / "in"


def fresh(project="team"):
    return f"{project}/{uuid.uuid4().hex[:12]}"


KINDS = ["password", "token", "robot"]


@pytest.mark.parametrize("kind", KINDS)
def test_skopeo(place, tmp_path, layout, kind):
    name, secret = place.credentials(kind)
    files = [f"--authfile={tmp_path}/auth.json"]
    login = skopeo(tmp_path, "login", *files, "--tls-verify=false", "-u", name, "--password-stdin", place.address, input=secret)
    assert "Login Succeeded" in login.stdout
    target = f"docker://{place.address}/{fresh()}:v1"
    skopeo(tmp_path, "copy", *files, "--dest-tls-verify=false", f"oci:{layout}:v1", target)
    skopeo(tmp_path, "copy", *files, "--src-tls-verify=false", target, f"oci:{tmp_path}/out:v1")
    assert images.check_layout(tmp_path / "out", "v1") == IMAGE.digest


@pytest.mark.parametrize("kind", KINDS)
def test_docker(place, tmp_path, dockerd, busybox, kind):
    name, secret = place.credentials(kind)
    image = f"{place.address}/{fresh()}:v1"
    load(dockerd, tmp_path, busybox, image)
    docker = dockerd.docker
    assert "Login Succeeded" in docker("--config", tmp_path, "login", "-u", name, "--password-stdin", place.address,
                                       input=secret).stdout
    docker("--config", tmp_path, "push", image)
    docker("image", "rm", image)
    docker("--config", tmp_path, "pull", image)
    docker("image", "rm", image)


@pytest.mark.parametrize("kind", KINDS)
def test_podman(place, podman, layout, tmp_path, kind):
    name, secret = place.credentials(kind)
    files = [f"--authfile={tmp_path}/auth.json", "--tls-verify=false"]
    podman("login", *files, "-u", name, "--password-stdin", place.address, input=secret)
    image = podman("pull", "-q", f"oci:{layout}:v1").stdout.strip()
    target = f"{place.address}/{fresh()}:v1"
    podman("push", "-q", *files, image, f"docker://{target}")
    podman("rmi", "-f", image)
    assert podman("pull", "-q", *files, target).stdout.strip() == image


@pytest.mark.parametrize("name", ["operator", "nobody-of-that-name", "robot$team+none"])
def test_a_wrong_secret_is_no_login(place, tmp_path, name):
    refused = skopeo(tmp_path, "login", f"--authfile={tmp_path}/auth.json", "--tls-verify=false", "-u", name,
                     "--password-stdin", place.address, input="wrong wrong wrong", check=False)
    assert refused.returncode != 0
    assert "invalid username/password" in refused.stderr, refused.stderr


@pytest.mark.parametrize("name,action,wanted", [
    ("viewer", "push", "viewer lacks the permission image.push on team/app"),
    ("stranger", "pull", "stranger lacks the permission image.pull on team/app"),
    ("operator", "delete", "operator lacks the permission image.delete on team/app"),
])
def test_skopeo_shows_the_missing_right(place, tmp_path, layout, name, action, wanted):
    image = f"docker://{place.address}/team/app:v1"
    creds = f"creds={name}:{PASSWORD}"
    commands = {
        "push": ["copy", "--dest-tls-verify=false", f"--dest-{creds}", f"oci:{layout}:v1", image],
        "pull": ["copy", "--src-tls-verify=false", f"--src-{creds}", image, f"oci:{tmp_path}/out:v1"],
        "delete": ["delete", "--tls-verify=false", f"--{creds}", image],
    }
    refused = skopeo(tmp_path, *commands[action], check=False)
    assert refused.returncode != 0
    assert wanted in refused.stderr, refused.stderr
    assert client(place.admin).check_whole("team/app", "v1") == IMAGE.digest


def test_docker_and_podman_show_the_missing_right(place, tmp_path, dockerd, podman, busybox, layout):
    image = f"{place.address}/team/app:v2"
    load(dockerd, tmp_path, busybox, image)
    dockerd.docker("--config", tmp_path, "login", "-u", "viewer", "--password-stdin", place.address, input=PASSWORD)
    refused = dockerd.docker("--config", tmp_path, "push", image, check=False)
    assert "viewer lacks the permission image.push on team/app" in refused.stderr, refused.stderr
    dockerd.docker("image", "rm", image)
    local = podman("pull", "-q", f"oci:{layout}:v1").stdout.strip()
    refused = podman("push", "--tls-verify=false", "--creds", f"viewer:{PASSWORD}", local, f"docker://{image}", check=False)
    assert "viewer lacks the permission image.push on team/app" in refused.stderr, refused.stderr


def test_a_token_may_what_its_scopes_say(place, tmp_path, layout):
    token = add_token(place.operator, "pull only", scope("team", "image.pull"))
    image = f"docker://{place.address}/team/app:v1"
    pulled = skopeo(tmp_path, "copy", "--src-tls-verify=false", f"--src-creds=operator:{token.secret}", image,
                    f"oci:{tmp_path}/out:v1")
    assert pulled.returncode == 0
    refused = skopeo(tmp_path, "copy", "--dest-tls-verify=false", f"--dest-creds=operator:{token.secret}",
                     f"oci:{layout}:v1", image, check=False)
    assert "operator lacks the permission image.push on team/app" in refused.stderr, refused.stderr
    refused = token.ask("GET", "/v2/elsewhere/app/tags/list", expect=403).json()
    assert "operator lacks the permission image.pull on elsewhere/app" in refused["errors"][0]["message"]
    # A scope gives nothing that its owner has not.
    more = add_token(place.viewer, "too much", scope("*", "image.pull", "image.push", "image.delete", "user.manage"))
    more.ask("POST", "/v2/team/app/blobs/uploads/", expect=403)
    more.ask("GET", "/api/v1/users", expect=403)


def revoke_token(place, user, token):
    user.delete(f"/account/tokens/{token.identity}")
    # The row of the database is used again.
    return add_token(user, "another")


def disable(place, user, token):
    place.admin.put(f"/users/{user.identity}", {"displayName": "", "email": "", "disabled": True})


def change_password(place, user, token):
    place.admin.put(f"/users/{user.identity}/password", {"password": PASSWORD + "!"}, expect=204)


def remove_member(place, user, token):
    place.admin.delete(f"/projects/team/members/{user.identity}")


def remove_user(place, user, token):
    place.admin.delete(f"/users/{user.identity}")
    return add_user(place.admin, "u" + uuid.uuid4().hex[:8])


@pytest.mark.parametrize("change", [revoke_token, disable, change_password, remove_member, remove_user])
def test_what_was_issued_before_is_void_at_once(place, change):
    user = place.user()
    token = add_token(user, "ci")
    named = Asker(place.server, user.name, basic(user.name, token.secret))
    jwt = named if change is revoke_token else user
    before = Asker(place.server, user.name, bearer(jwt.registry_token("repository:team/app:pull,push")))
    for asker in (before, token, named):
        asker.ask("GET", "/v2/team/app/tags/list", expect=200)
    change(place, user, token)
    refused = before.ask("GET", "/v2/team/app/tags/list", expect=401)
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    before.ask("PUT", "/v2/team/app/manifests/v9", IMAGE.manifest, {"Content-Type": images.MANIFEST}, expect=401)
    # A new password is not a reason to take tokens away, which are revoked one by one.
    if change is not change_password:
        gone = (401, 403) if change is remove_member else (401,)
        for asker in (token, named):
            assert asker.ask("GET", "/v2/team/app/tags/list").status in gone


@pytest.mark.parametrize("change", ["secret", "disable", "delete", "scopes"])
def test_a_robot_is_stopped_at_once(place, change):
    robot = add_robot(place.owner, "team", "r" + uuid.uuid4().hex[:8], "image.pull")
    before = Asker(place.server, robot.name, bearer(robot.registry_token("repository:team/app:pull")))
    for asker in (robot, before):
        asker.ask("GET", "/v2/team/app/tags/list", expect=200)
    path = f"/projects/team/robots/{robot.identity}"
    if change == "secret":
        place.owner.post(path + "/secret", {}, expect=200)
    elif change == "delete":
        place.owner.delete(path)
    else:
        wanted = "image.push" if change == "scopes" else "image.pull"
        place.owner.put(path, {"description": "", "disabled": change == "disable", "scopes": [scope("team", wanted)]})
    before.ask("GET", "/v2/team/app/tags/list", expect=401)
    robot.ask("GET", "/v2/team/app/tags/list", expect=403 if change == "scopes" else 401)


def test_a_refresh_token_is_not_for_another_person_of_the_same_name(place):
    user = place.user()
    form = (f"grant_type=password&service=cang&access_type=offline&username={user.name}&"
            f"password={PASSWORD.replace(' ', '+')}&scope=repository:team/app:pull")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refresh = Asker(place.server).ask("POST", "/v2/token", form.encode(), headers, expect=200).json()["refresh_token"]
    again = f"grant_type=refresh_token&service=cang&refresh_token={refresh}&scope=repository:team/app:pull".encode()
    Asker(place.server).ask("POST", "/v2/token", again, headers, expect=200)
    place.admin.delete(f"/users/{user.identity}")
    add_user(place.admin, user.name, "another password")
    Asker(place.server).ask("POST", "/v2/token", again, headers, expect=401)


def test_a_public_project_is_pulled_without_login(place, tmp_path, dockerd, podman):
    name = f"{place.address}/open/app:v1"
    skopeo(tmp_path, "copy", "--src-tls-verify=false", f"docker://{name}", f"oci:{tmp_path}/out:v1")
    assert images.check_layout(tmp_path / "out", "v1") == IMAGE.digest
    dockerd.docker("--config", tmp_path, "pull", name)
    dockerd.docker("image", "rm", name)
    podman("pull", "-q", "--tls-verify=false", name)
    for hidden in ("team/app:v1", "team/none:v1", "none/app:v1"):
        refused = skopeo(tmp_path, "inspect", "--tls-verify=false", f"docker://{place.address}/{hidden}", check=False)
        assert "sign in to do this" in refused.stderr or "unauthorized" in refused.stderr, refused.stderr


def test_nobody_learns_whether_there_is_what_they_may_not_see(place):
    answers = {name: place.stranger.ask("GET", f"/api/v1/repositories/{name}") for name in ("team/app", "team/none", "none/app")}
    texts = {answer.body.decode().replace(name, "X") for name, answer in answers.items()}
    assert {answer.status for answer in answers.values()} == {403} and len(texts) == 1, texts
    projects = {name: place.stranger.ask("GET", f"/api/v1/projects/{name}") for name in ("team", "none")}
    assert {answer.status for answer in projects.values()} == {403}


@pytest.fixture(scope="module")
def private(place):
    """A repository that `maker` pushed and keeps to themselves."""
    client(place.maker).push_image("team/private", "v1", images.noise_image(4000, "private"))
    place.maker.put("/repositories/team/private", {"private": True})
    return images.noise_image(4000, "private")


@pytest.mark.parametrize("who", ["maker", "owner", "admin"])
def test_a_private_repository_is_seen_by_its_creator_and_administrators(place, private, who):
    asker = getattr(place, who)
    assert client(asker).check_whole("team/private", "v1") == private.digest
    assert "team/private" in [item["name"] for item in asker.get("/repositories?limit=100")["items"]]
    assert asker.get("/repositories/team/private")["private"]
    # With a token of the protocol, too: pull and push.
    holder = Asker(place.server, who, bearer(asker.registry_token("repository:team/private:pull,push")))
    holder.ask("GET", f"/v2/team/private/manifests/{private.digest}", expect=200)
    holder.ask("PUT", f"/v2/team/private/manifests/{who}", private.manifest, {"Content-Type": images.MANIFEST}, expect=201)


def test_a_private_repository_is_hidden_from_everybody_else(place, private, tmp_path):
    robot = add_robot(place.owner, "team", "hidden", "image.pull", "image.push")
    blob = private.config["digest"]
    for asker in (place.operator, place.viewer, place.stranger, robot):
        for path in (f"manifests/{private.digest}", "manifests/v1", "tags/list", f"blobs/{blob}", f"referrers/{private.digest}"):
            asker.ask("GET", f"/v2/team/private/{path}", expect=403)
            token = asker.registry_token("repository:team/private:pull,push")
            Asker(place.server, asker.name, bearer(token)).ask("GET", f"/v2/team/private/{path}", expect=403)
        for path in ("", "/-/tags", "/-/images/v1", f"/-/manifests/{private.digest}", f"/-/referrers/{private.digest}"):
            asker.ask("GET", "/api/v1/repositories/team/private" + path, expect=403)
        for listed in ("/repositories?limit=100", "/images?limit=100", "/repositories?search=private", "/images?search=private"):
            assert "team/private" not in json.dumps(asker.get(listed)), listed
        assert asker.get("/repositories?search=private")["total"] == 0
        other = "open/app:v1" if asker is place.stranger else "team/app:v1"
        for query in (f"from=team/private:v1&to={other}", f"from={other}&to=team/private:v1"):
            refused = asker.ask("GET", f"/api/v1/diff?{query}", expect=403).json()
            assert f"{asker.name} lacks the permission image.pull on team/private" in refused["detail"]
    for asker in (place.operator, place.stranger):
        for path, body in (("/copies", {"source": "team/private:v1", "target": "elsewhere/stolen:v1"}),
                           ("/exports", {"images": ["team/private:v1"], "format": "oci-archive"})):
            refused = asker.ask("POST", "/api/v1" + path, body, expect=403).json()
            assert f"{asker.name} lacks the permission image.pull on team/private" in refused["detail"]
    refused = skopeo(tmp_path, "copy", "--src-tls-verify=false", f"--src-creds=operator:{PASSWORD}",
                     f"docker://{place.address}/team/private:v1", f"oci:{tmp_path}/out:v1", check=False)
    assert "operator lacks the permission image.pull on team/private" in refused.stderr, refused.stderr
    place.operator.ask("PUT", "/api/v1/repositories/team/private", {"private": False}, expect=403)


def test_a_sync_copies_what_its_starter_may_pull(place, private):
    config = "sync:\n  - source: team/private\n    as: elsewhere/synced\n"
    ended(place.operator, place.operator.post("/syncs", {"config": config}, expect=202))
    assert client(place.admin).tags("elsewhere/synced") == []


def test_a_digest_alone_opens_nothing(place, private):
    """Neither by a mount nor by a manifest that names it, in a project where one may push."""
    thief = client(place.stranger)
    layer = private.layers[0]["digest"]
    for query in (f"mount={layer}&from=team/private", f"mount={layer}&from=team/app", f"mount={layer}&from=open/app",
                  f"mount={layer}", f"mount={layer}&from=../team/private", f"mount={layer}&from="):
        thief.request("POST", f"/v2/elsewhere/stolen/blobs/uploads/?{query}", expect=(202, 400, 404))
        assert not thief.has_blob("elsewhere/stolen", layer), query
    token = place.stranger.registry_token("repository:elsewhere/stolen:pull,push", "repository:team/private:pull")
    holder = Asker(place.server, "stranger", bearer(token))
    holder.ask("POST", f"/v2/elsewhere/stolen/blobs/uploads/?mount={layer}&from=team/private", expect=202)
    holder.ask("POST", f"/v2/elsewhere/stolen/blobs/uploads/?mount={layer}", expect=202)
    assert not thief.has_blob("elsewhere/stolen", layer)
    status, _, body = thief.request("PUT", "/v2/elsewhere/stolen/manifests/v1", private.manifest,
                                    {"Content-Type": images.MANIFEST})
    assert status in (400, 404) and b"BLOB_UNKNOWN" in body, (status, body)
    index = images.index_of([private])
    status, _, body = thief.request("PUT", "/v2/elsewhere/stolen/manifests/v1", index, {"Content-Type": images.INDEX})
    assert status in (400, 404), (status, body)
    place.stranger.ask("PUT", "/api/v1/repositories/elsewhere/stolen/-/tags/v1", {"digest": private.digest}, expect=404)


def ended(asker, started):
    final = ("succeeded", "failed", "cancelled")
    return wait_until(lambda: (found := asker.get(f"/operations/{started['id']}"))["state"] in final and found, 60,
                      f"{started['title']} ends")


def test_an_operation_may_what_its_starter_may_when_it_runs(place):
    """A retry asks again: what was allowed when it was started first does not count."""
    user = place.user()
    tag = uuid.uuid4().hex[:12]
    place.admin.put(f"/projects/elsewhere/members/{user.identity}", {"role": "operator"})
    started = user.post("/copies", {"source": f"team/app:{tag}", "target": f"elsewhere/{tag}:v1"}, expect=202)
    assert ended(user, started)["state"] == "failed"
    client(place.admin).put_manifest("team/app", tag, IMAGE.manifest)
    place.admin.delete(f"/projects/team/members/{user.identity}")
    again = user.ask("POST", f"/api/v1/operations/{started['id']}/retry", {})
    if again.status == 202:
        assert ended(user, again.json())["state"] == "failed"
    assert client(place.admin).tags(f"elsewhere/{tag}") == []


def test_an_archive_does_not_choose_where_it_goes(place, tmp_path):
    tag = uuid.uuid4().hex[:12]
    images.write_layout(tmp_path / "in", {"v1": IMAGE})
    cang("copy", f"oci:{tmp_path}/in:v1", f"docker-archive:{tmp_path}/evil.tar:team/app:{tag}", home=tmp_path)
    data = (tmp_path / "evil.tar").read_bytes()
    upload = place.stranger.post("/uploads", {"name": "evil.tar", "size": len(data)})["id"]
    place.stranger.ask("PATCH", f"/api/v1/uploads/{upload}", data, {"Upload-Offset": "0"}, expect=204)
    started = place.stranger.ask("POST", "/api/v1/imports", {"upload": upload})
    if started.status == 202:
        failed = ended(place.stranger, started.json())
        assert failed["state"] == "failed", failed
        assert "stranger lacks the permission image.push on team/app" in json.dumps(failed), failed
    assert tag not in client(place.admin).tags("team/app")


def test_a_sync_goes_where_its_starter_may_push(place):
    target = fresh()
    started = place.stranger.post("/syncs", {"config": f"sync:\n  - source: open/app\n    as: {target}\n"}, expect=202)
    assert "stranger lacks the permission image.push" in json.dumps(place.stranger.get(f"/operations/{ended(place.stranger, started)['id']}/events"))
    assert client(place.admin).tags(target) == []


def test_a_token_ends_when_it_says(place):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    made = place.operator.post("/account/tokens", {"name": "short", "expiresAt": soon.isoformat(timespec="seconds")})
    token = Asker(place.server, "operator", bearer(made["token"]))
    wait_until(lambda: token.ask("GET", "/v2/team/app/tags/list").status == 401, 30, "the token has ended")
    past = {"name": "past", "expiresAt": "2020-01-01T00:00:00Z"}
    refused = place.operator.ask("POST", "/api/v1/account/tokens", past, expect=400).json()
    assert refused["detail"] == "expiresAt: is in the past"


def test_a_mount_works_for_who_may_pull_the_source(place):
    layer = IMAGE.layers[0]["digest"]
    client(place.operator).request("POST", f"/v2/elsewhere/mounted/blobs/uploads/?mount={layer}&from=team/app", expect=(201,))
    token = place.operator.registry_token("repository:elsewhere/again:pull,push", "repository:team/app:pull")
    Asker(place.server, "operator", bearer(token)).ask(
        "POST", f"/v2/elsewhere/again/blobs/uploads/?mount={layer}&from=team/app", expect=201)


class Liar(http.server.BaseHTTPRequestHandler):
    """A registry that has a manifest and none of the blobs that it names."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        manifest = self.server.manifest
        status, body, kind = 404, b'{"errors":[{"code":"BLOB_UNKNOWN"}]}', "application/json"
        if self.path.rstrip("/") == "/v2":
            status, body = 200, b"{}"
        elif "/manifests/" in self.path:
            status, body, kind = 200, manifest, images.MANIFEST
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", images.sha256(manifest))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def test_a_registry_that_names_digests_of_others_does_not_get_them_copied(place, private):
    liar = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    liar.daemon_threads = True
    liar.manifest = private.manifest
    threading.Thread(target=liar.serve_forever, daemon=True).start()
    try:
        address = f"127.0.0.1:{liar.server_port}"
        place.admin.post("/registries", {"name": "liar", "url": f"http://{address}"})
        started = place.stranger.post(
            "/copies", {"source": f"docker://{address}/app:v1", "target": "elsewhere/lied:v1"}, expect=202)
        course = ended(place.stranger, started)
    finally:
        liar.shutdown()
        liar.server_close()
    assert course["state"] == "failed", course
    thief = client(place.stranger)
    assert thief.tags("elsewhere/lied") == []
    assert not thief.has_blob("elsewhere/lied", private.layers[0]["digest"])
