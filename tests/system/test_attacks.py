"""What somebody who means harm tries, one test each. What outgoing connections are made to do is tested elsewhere."""

import base64
import hashlib
import hmac
import json
import re
import socket
import statistics
import time
import uuid

import pytest

import images
from live import LiveSocket
from machine import ADMIN_PASSWORD, CangServer, running, wait_until
from people import (PASSWORD, Asker, add_project, add_robot, add_token, add_user, administrator, basic, bearer, client,
                    person, scope, sign_in)

IMAGE = images.noise_image(1000, "attacks")
COOKIE = "cang_session"
OTHER_HEADER = b'{"typ":"JWT","alg":"HS256"}'
KID_HEADER = b'{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}'


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with running(CangServer(tmp_path_factory.mktemp("cang"), "--auth", "token")) as server:
        server.admin = administrator(server)
        server.alice = add_user(server.admin, "alice")
        server.mallory = add_user(server.admin, "mallory")
        add_project(server.admin, "team", operator=[server.alice])
        add_project(server.admin, "open", public=True)
        client(server.admin).push_image("team/app", "v1", IMAGE)
        client(server.admin).push_image("open/app", "v1", IMAGE)
        yield server


@pytest.fixture
def fresh_server(tmp_path):
    """For attacks that lock addresses out."""
    with running(CangServer(tmp_path / "cang", "--auth", "token")) as server:
        server.admin = administrator(server)
        server.admin.get("/account")  # remembered from now on
        yield server


def cookie_of(asker):
    return asker.headers["Cookie"].split("=", 1)[1]


def who(server, cookie):
    asked = Asker(server, "", {"Cookie": f"{COOKIE}={cookie}"}).ask("GET", "/api/v1/session", expect=200).json()
    return asked.get("user")


def raw(server, request):
    """The head and the body that bytes on a plain socket get."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def server_log(server):
    return (server.directory / "server.log").read_text(errors="surrogateescape")


# Sessions and cookies


def test_session_fixation(place):
    """A cookie that the attacker planted is never the one that a sign-in makes valid."""
    planted = sign_in(place.mallory)
    known = cookie_of(planted)
    for value in (known, "planted"):
        mine = sign_in(place.alice, headers={"Cookie": f"{COOKIE}={value}"})
        assert cookie_of(mine) != value
        assert who(place, cookie_of(mine)) == "alice"
        assert who(place, value) == ("mallory" if value == known else None)
    assert cookie_of(sign_in(place.alice)) != cookie_of(sign_in(place.alice))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(place):
    answer = Asker(place).ask("POST", "/api/v1/session", {"user": "alice", "password": PASSWORD}, expect=200)
    attributes = {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= attributes, attributes
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize("headers,status,says", [
    ({}, 403, 'send the header "X-Requested-With: cang" too'),
    ({"X-Requested-With": "XMLHttpRequest"}, 403, "X-Requested-With: cang"),
    ({"X-Requested-With": "cang", "Origin": "https://evil.example"}, 403, "a page of another site may not do this"),
    ({"X-Requested-With": "cang", "Origin": "null"}, 403, "a page of another site may not do this"),
    ({"X-Requested-With": "cang", "Origin": "OURS.evil.example"}, 403, "a page of another site may not do this"),
    ({"X-Requested-With": "cang", "Origin": "OURS"}, 201, ""),
    ({"X-Requested-With": "cang"}, 201, ""),
])
def test_csrf(place, headers, status, says):
    session = sign_in(place.alice)
    headers = {name: value.replace("OURS", place.url) for name, value in headers.items()}
    forged = Asker(place, "alice", {"Cookie": session.headers["Cookie"], **headers})
    answer = forged.ask("POST", "/api/v1/account/tokens", {"name": uuid.uuid4().hex}, expect=status)
    assert says in answer.json().get("detail", "")
    if status == 403:
        # What a form of another site can send.
        forged.ask("POST", "/api/v1/account/tokens", b'{"name":"x"}', {"Content-Type": "text/plain"}, expect=403)


def test_another_site_neither_signs_somebody_in_nor_out(place):
    evil = {"Origin": "https://evil.example"}
    Asker(place).ask("POST", "/api/v1/session", {"user": "mallory", "password": PASSWORD}, evil, expect=403)
    session = sign_in(place.alice)
    Asker(place, "", {"Cookie": session.headers["Cookie"]}).ask("DELETE", "/api/v1/session", None, evil, expect=403)
    assert who(place, cookie_of(session)) == "alice"


def test_another_site_opens_no_live_connection(place):
    session = sign_in(place.alice)
    forged = {"Cookie": session.headers["Cookie"], "Origin": "https://evil.example"}
    opened = Asker(place).ask("GET", "/socket.io/?EIO=4&transport=polling", None, forged)
    if opened.status == 200:
        path = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened.body[1:])['sid']}"
        Asker(place).ask("POST", path, b"40", {**forged, "Content-Type": "text/plain"})
        assert Asker(place).ask("GET", path, None, forged).body.startswith(b"44"), "nobody is signed in there"


def sign_out(place, user, session):
    session.delete("/session")


def end_elsewhere(place, user, session):
    user.delete(f"/account/sessions/{next(one['id'] for one in session.get('/account/sessions')['items'] if one['current'])}")


def change_password(place, user, session):
    user.put("/account/password", {"oldPassword": PASSWORD, "newPassword": PASSWORD + "!"}, expect=204)


def reset_password(place, user, session):
    place.admin.put(f"/users/{user.identity}/password", {"password": PASSWORD + "!"}, expect=204)


def disable(place, user, session):
    place.admin.put(f"/users/{user.identity}", {"displayName": "", "email": "", "disabled": True})


def disable_for_a_moment(place, user, session):
    disable(place, user, session)
    place.admin.put(f"/users/{user.identity}", {"displayName": "", "email": "", "disabled": False})


def remove(place, user, session):
    place.admin.delete(f"/users/{user.identity}")


@pytest.mark.parametrize("change", [sign_out, end_elsewhere, change_password, reset_password, disable,
                                    disable_for_a_moment, remove])
def test_a_recorded_session_is_worth_nothing_after(place, change):
    user = add_user(place.admin, "u" + uuid.uuid4().hex[:8])
    session = sign_in(user)
    session.get("/account")
    change(place, user, session)
    session.ask("GET", "/api/v1/account", expect=401)
    Asker(place, "", bearer(cookie_of(session))).ask("GET", "/api/v1/account", expect=401)
    assert who(place, cookie_of(session)) is None


@pytest.mark.parametrize("change", [sign_out, disable])
def test_who_only_listens_is_signed_out_too(place, change):
    """A live connection ends within seconds, though its client asks for nothing."""
    user = add_user(place.admin, "u" + uuid.uuid4().hex[:8])
    session = sign_in(user)
    listener = LiveSocket(place.port, session.headers["Cookie"])
    change(place, user, session)
    while (text := listener.receive()) != "41":
        assert text.startswith("42"), text
    listener.close()


def test_a_change_of_the_password_ends_other_sessions_only(place):
    user = add_user(place.admin, "u" + uuid.uuid4().hex[:8])
    mine, other = sign_in(user), sign_in(user)
    mine.put("/account/password", {"oldPassword": PASSWORD, "newPassword": PASSWORD + "!"}, expect=204)
    mine.get("/account")
    other.ask("GET", "/api/v1/account", expect=401)
    # And nobody changes it who does not know it.
    refused = mine.ask("PUT", "/api/v1/account/password", {"oldPassword": "wrong", "newPassword": PASSWORD}, expect=400)
    assert refused.json()["detail"] == "oldPassword: is wrong"


# Tokens


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged_tokens(token):
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    more = unpadded(json.dumps({**claims, "sub": "admin", "admin": True, "exp": claims["exp"] + 10_000_000}).encode())
    def signed(algorithm, key, body=more):
        text = unpadded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()) + "." + body
        return text + "." + unpadded(hmac.new(key, text.encode(), hashlib.sha256).digest())
    none = unpadded(b'{"alg":"none","typ":"JWT"}')
    return {
        "none": f"{none}.{more}.", "None": f"{unpadded(b'{}')}.{more}.", "none with the old signature": f"{none}.{payload}.{signature}",
        "RS256": signed("RS256", b""), "HS256 with an empty key": signed("HS256", b""),
        "HS256 with a guessed key": signed("HS256", b"secret"), "other claims": f"{header}.{more}.{signature}",
        "no signature": f"{header}.{payload}.", "a cut signature": f"{header}.{payload}.{signature[:-4]}",
        "two parts": f"{header}.{payload}", "four parts": f"{header}.{payload}.{signature}.{signature}",
        "another header": f"{unpadded(OTHER_HEADER)}.{payload}.{signature}",
        "kid": f"{unpadded(KID_HEADER)}.{payload}.{signature}",
        "long": "a." * 100 + "x" * 7000, "nothing": "..", "empty": "",
    }


def test_forged_registry_tokens(place):
    token = place.alice.registry_token("repository:team/app:pull")
    Asker(place, "", bearer(token)).ask("GET", "/v2/team/app/tags/list", expect=200)
    for kind, forged in forged_tokens(token).items():
        answer = Asker(place, "", bearer(forged)).ask("GET", "/v2/team/app/tags/list")
        assert answer.status in (400, 401, 431), (kind, answer.status)


def test_forged_sessions(place):
    session = cookie_of(sign_in(place.alice))
    for kind, forged in forged_tokens(session).items():
        answer = Asker(place, "", {"Cookie": f"{COOKIE}={forged}"}).ask("GET", "/api/v1/account")
        assert answer.status in (400, 401, 431), (kind, answer.status)


def test_tokens_are_for_one_use(place):
    """A session is no registry token, a registry token no session, a refresh token neither."""
    session = cookie_of(sign_in(place.alice))
    access = place.alice.registry_token("repository:team/app:pull")
    form = f"grant_type=password&service=cang&access_type=offline&username=alice&password={PASSWORD.replace(' ', '+')}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refresh = Asker(place).ask("POST", "/v2/token", form.encode(), headers, expect=200).json()["refresh_token"]
    for token in (session, refresh):
        Asker(place, "", bearer(token)).ask("GET", "/v2/team/app/tags/list", expect=401)
    for token in (access, refresh):
        Asker(place, "", bearer(token)).ask("GET", "/api/v1/account", expect=401)
        Asker(place, "", {"Cookie": f"{COOKIE}={token}"}).ask("GET", "/api/v1/account", expect=401)
    for token in (access, session):
        again = f"grant_type=refresh_token&service=cang&refresh_token={token}"
        Asker(place).ask("POST", "/v2/token", again.encode(), headers, expect=401)


def test_a_limited_token_does_not_become_more(place):
    """Neither by a session, nor by a token of its own, nor by a change of the account."""
    token = add_token(place.alice, "limited", scope("*", "account.self", "image.pull"))
    token.get("/account")
    refused = token.ask("POST", "/api/v1/account/tokens", {"name": "more"}, expect=403).json()
    assert refused["detail"] == "a token with scopes may not change the account it belongs to"
    token.ask("PUT", "/api/v1/account/password", {"oldPassword": PASSWORD, "newPassword": "x" * 20}, expect=403)
    Asker(place).ask("POST", "/api/v1/session", {"user": "alice", "password": token.secret}, expect=401)
    answer = Asker(place, "alice", basic("alice", token.secret)).registry_token("repository:team/app:pull,push")
    Asker(place, "alice", bearer(answer)).ask("POST", "/v2/team/app/blobs/uploads/", expect=403)


# Paths, headers, logs


PATHS = [
    "/v2/open/../team/app/tags/list", "/v2/open%2F..%2Fteam/app/tags/list", "/v2/open/app/../../team/app/tags/list",
    "/v2/open/%2e%2e/team/app/tags/list", "/v2//team/app/tags/list", "/v2/./team/app/tags/list", "/v2/team%2Fapp/tags/list",
    "/v2/team%2fapp/manifests/v1", "/v2/open%00/team/app/tags/list", "/v2/team/app/tags/list/", "/v2/TEAM/app/tags/list",
    "/v2/open/app/blobs/uploads/..%2F..%2F..%2Fteam%2Fapp", "/v2/open/app/manifests/..%2F..%2F..%2Fteam%2Fapp%2Fmanifests%2Fv1",
    "/api/v1/repositories/team%2Fapp", "/api/v1/repositories/open/../team/app", "/api/v1/repositories/open%2F..%2Fteam%2Fapp",
    "/api/v1/repositories/open/app/-/images/..%2F..%2F..%2F..%2Fteam%2Fapp", "/api/v1/projects/open%2F..%2Fteam",
    "/api/v1/projects/team%2Fmembers", "/api/v1/projects/open/../team/members", "/api/v1/projects/%74eam/members",
    "/api/v1//users", "/api/v1/./users", "/api/v1/account/../users", "/api/v1/account%2F..%2Fusers", "/api/v1/USERS",
    "/api/v1/users/", "/api/v1/docs/..%2F..%2F..%2Fusers", "/api/v1/docs/../users", "/api/v1/diff?from=open%2F..%2Fteam/app:v1&to=open/app:v1",
    "/assets/../../../../../../etc/passwd", "/assets/..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd", "/%2e%2e/%2e%2e/etc/passwd",
    "/api/v1/exports/..%2F..%2Fcang.db/archive", "/api/v1/uploads/..%2F..%2Fsecrets.key", "/v2/team/app/_uploads/..%2F..%2Fcang.db",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_do_not_lead_around_the_check(place, path):
    for asker in (place.mallory, Asker(place)):
        lines = [f"GET {path} HTTP/1.1", f"Host: {place.address}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in asker.headers.items()]
        answer = raw(place, ("\r\n".join(lines) + "\r\n\r\n").encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        assert status in (301, 307, 308, 400, 401, 403, 404, 405, 414), (path, status, body[:200])
        assert b"root:" not in body and IMAGE.digest.encode() not in body


def test_a_header_cannot_be_injected_by_what_is_answered(place):
    """The name of the host is repeated in the challenge."""
    for host in ('evil.example", error="x', "evil.example\r\n Set-Cookie: a=b", "evil.example\x00", "a b", "evil.example\n"):
        answer = raw(place, b"GET /v2/team/app/tags/list HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n\r\n")
        head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
        assert not re.search(r"(?im)^set-cookie:", head), head
        challenge = re.search(r"(?im)^www-authenticate: (.*)$", head)
        if challenge:
            assert re.fullmatch(r'(Basic realm="cang"|Bearer realm="[^"]*",service="cang",scope="repository:team/app:pull")\s*',
                                challenge[1]), challenge[1]


@pytest.mark.parametrize("name", ["a\r\nb", "a\nb", "a\x00b", "a/b", "../b", "-a", "a b", "x" * 129, "a\x1b[31m", "robot$x", "ä", "a:b"])
def test_names_of_users_are_plain(place, name):
    answer = place.admin.ask("POST", "/api/v1/users", {"name": name, "password": PASSWORD})
    assert answer.status == 400, answer.body
    assert answer.json()["detail"].startswith("name: "), answer.body


@pytest.mark.parametrize("field", ["displayName", "email"])
def test_labels_have_no_control_characters(place, field):
    for text in ("a\r\nb", "a\x00b", "\x1b[2J", "a\x7f"):
        body = {"name": "u" + uuid.uuid4().hex[:8], "password": PASSWORD, field: text}
        place.admin.ask("POST", "/api/v1/users", body, expect=400)


def test_a_log_has_one_line_for_each_request(place):
    """Control characters in a user name, a User-Agent, a path make no line of their own and no colours."""
    mark = uuid.uuid4().hex
    forged = f"{mark} x\n2026-01-01T00:00:00.000Z request method=GET user=admin status=200 forged=yes"
    Asker(place, "", basic(f"\x1b[31m{forged}", "wrong")).ask("GET", "/v2/", expect=401)
    for agent in (f"{mark} \x1b[2J agent", f"{mark} \t tab", f'{mark}" user="admin'):
        raw(place, f"GET /v2/?{mark} HTTP/1.1\r\nHost: {place.address}\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n".encode())
    raw(place, f"GET /{mark}%0a%1b[31mforged=yes HTTP/1.1\r\nHost: {place.address}\r\nConnection: close\r\n\r\n".encode())
    wait_until(lambda: f"/{mark}%0a" in server_log(place), 10, "the log is written")
    for line in server_log(place).split("\n")[:-1]:
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line), line
        assert not re.search(r"[\x00-\x1f\x7f]", line), line
        assert " forged=yes" not in re.sub(r'"(\\.|[^"\\])*"', "", line), line
    events = place.admin.get(f"/audit?search={mark}")["items"]
    assert events and not any(re.search(r"[\x00-\x1f]", event["actor"]) for event in events), events


@pytest.mark.parametrize("head", [
    "Content-Length: 4\r\nTransfer-Encoding: chunked", "Content-Length: 4\r\nContent-Length: 5", "Content-Length: -1",
    "Content-Length: 4, 4", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Content-Length : 4",
    "X: y\r\n continued: z", "Bad Header: x", "X\x00Y: z"])
def test_requests_that_two_servers_would_read_differently(place, head):
    """What a proxy before us takes for the body must not become a request of its own."""
    smuggled = "0\r\n\r\nGET /api/v1/system HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = raw(place, f"POST /api/v1/session HTTP/1.1\r\nHost: {place.address}\r\n{head}\r\n\r\n{smuggled}".encode("latin-1"))
    assert answer.count(b"HTTP/1.1 ") <= 1, answer
    assert answer == b"" or answer.split()[1] in (b"400", b"411", b"413", b"501"), answer[:200]


# Guessing


def test_guesses_from_one_address_are_stopped(fresh_server):
    """Also when they say to come from elsewhere, and for names that there are not."""
    guesser = Asker(fresh_server)
    statuses = []
    for number in range(14):
        headers = {**basic(f"nobody-{number}", "wrong"), "X-Forwarded-For": f"10.0.0.{number}"}
        statuses.append(guesser.ask("GET", "/api/v1/account", None, headers))
    assert [answer.status for answer in statuses[:10]] == [401] * 10
    assert [answer.status for answer in statuses[10:]] == [429] * 4
    assert 1 <= int(statuses[-1].headers["Retry-After"]) <= 60
    assert statuses[-1].json()["detail"] == "too many failed sign-ins from this address"
    for method, path, body, headers in (
            ("POST", "/api/v1/session", {"user": "admin", "password": "wrong"}, {}),
            ("GET", "/v2/token?service=cang", None, basic("admin", "wrong")),
            ("GET", "/v2/", None, basic("admin", "wrong")),
            ("POST", "/v2/token", b"grant_type=password&username=admin&password=wrong", {})):
        answer = guesser.ask(method, path, body, headers, expect=429)
        assert int(answer.headers["Retry-After"]) >= 1
    # Who proved to be somebody before goes on working.
    fresh_server.admin.get("/account")


def test_guesses_at_one_account_are_stopped(tmp_path):
    """From many addresses, as a proxy tells them."""
    with running(CangServer(tmp_path / "cang", "--auth", "token", "--trust-proxy")) as server:
        victim = administrator(server)
        victim.get("/account")
        answers = []
        for number in range(53):
            headers = {**basic("admin", f"wrong {number}"), "X-Forwarded-For": f"10.0.{number}.1"}
            answers.append(Asker(server).ask("GET", "/api/v1/account", None, headers))
        assert {answer.status for answer in answers[:50]} == {401}
        assert {answer.status for answer in answers[50:]} == {429}
        assert answers[-1].json()["detail"] == "too many failed sign-ins to this account"
        assert int(answers[-1].headers["Retry-After"]) >= 1
        victim.get("/account")


def test_wrong_secrets_lock_nobody_out_who_has_the_right_one(fresh_server):
    """A personal token and a robot's secret are too long to be guessed, so strangers' guesses do not count against them."""
    add_project(fresh_server.admin, "team")
    token = add_token(fresh_server.admin, "ci")
    robot = add_robot(fresh_server.admin, "team", "ci", "image.pull")
    for number in range(12):
        Asker(fresh_server, "", bearer(f"cang_pat_{number:040}")).ask("GET", "/api/v1/account")
        Asker(fresh_server, "", basic(robot.name, f"cang_robot_{number:040}")).ask("GET", "/v2/")
    Asker(fresh_server, "", bearer("cang_pat_" + "0" * 40)).ask("GET", "/api/v1/account", expect=429)
    token.get("/account")
    robot.ask("GET", "/v2/", expect=200)


@pytest.mark.slow
def test_an_unknown_user_takes_as_long_as_a_wrong_password(tmp_path):
    """And gets the same answer; else names could be found out."""
    with running(CangServer(tmp_path / "cang", "--auth", "token", "--trust-proxy")) as server:
        admin = administrator(server)
        gone = add_user(admin, "gone")
        admin.put(f"/users/{gone.identity}", {"displayName": "", "email": "", "disabled": True})
        times, bodies = {}, set()
        for number in range(16):
            for name in ("admin", f"nobody-{number}", "gone"):
                headers = {"X-Forwarded-For": f"10.{len(bodies) % 250}.{number}.{len(name)}"}
                start = time.perf_counter()
                answer = Asker(server).ask("POST", "/api/v1/session", {"user": name, "password": f"wrong {number}"}, headers, expect=401)
                times.setdefault(name.split("-")[0], []).append(time.perf_counter() - start)
                bodies.add(answer.body)
        assert len(bodies) == 1, bodies
        medians = {name: statistics.median(values[1:]) for name, values in times.items()}
        assert max(medians.values()) < 2.5 * min(medians.values()), medians


# Secrets


def test_no_clear_secret_is_stored_logged_or_shown_again(place):
    password = "pass-" + uuid.uuid4().hex
    user = add_user(place.admin, "u" + uuid.uuid4().hex[:8], password)
    token = add_token(user, "once")
    robot = add_robot(place.admin, "team", "r" + uuid.uuid4().hex[:8], "image.pull")
    remote_password = "remote-" + uuid.uuid4().hex
    place.admin.post("/registries", {"name": uuid.uuid4().hex, "url": f"http://{uuid.uuid4().hex[:8]}.invalid",
                                     "user": "someone", "password": remote_password})
    renewed = place.admin.post(f"/projects/team/robots/{robot.identity}/secret", {}, expect=200)["secret"]
    session = sign_in(user, password)
    jwt = user.registry_token("repository:team/app:pull")
    token.get("/account")
    Asker(place, "", basic(robot.name, robot.secret)).ask("GET", "/v2/", expect=401)
    Asker(place).ask("GET", f"/v2/token?service=cang&password={password}&token={token.secret}")
    secrets = {"password": password, "token": token.secret, "robot": robot.secret, "renewed": renewed,
               "session": cookie_of(session), "jwt": jwt, "remote": remote_password}
    shown = {path: json.dumps(place.admin.get(path)) for path in (
        "/audit?limit=100", "/users?limit=100", "/projects/team/robots", "/registries", "/operations",
        "/projects/team/audit?limit=100")}
    shown["tokens"] = json.dumps(user.get("/account/tokens"))
    shown["sessions"] = json.dumps(user.get("/account/sessions"))
    shown["export"] = place.admin.ask("GET", "/api/v1/audit/export?format=csv", expect=200).body.decode()
    wait_until(lambda: "[secret]" in server_log(place), 10, "the log is written")
    shown["log"] = server_log(place)
    files = {file.name: file.read_bytes() for file in place.data.rglob("*")
             if file.is_file() and "blobs" not in file.parts and file.name != "lock"}
    assert "cang.db" in files
    for kind, secret in secrets.items():
        for name, text in shown.items():
            assert secret not in text, (kind, name)
        for name, data in files.items():
            assert secret.encode() not in data, (kind, name)


def test_an_idempotency_key_shows_no_secret_again(place):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"name": "once " + uuid.uuid4().hex[:8]}
    first = place.alice.ask("POST", "/api/v1/account/tokens", body, key, expect=201)
    again = place.alice.ask("POST", "/api/v1/account/tokens", body, key)
    assert first.json()["token"] not in again.body.decode()
    assert again.headers.get("Idempotency-Replayed") is None
    robot = {"name": "r" + uuid.uuid4().hex[:8], "scopes": [scope("team", "image.pull")]}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = place.admin.ask("POST", "/api/v1/projects/team/robots", robot, key, expect=201)
    again = place.admin.ask("POST", "/api/v1/projects/team/robots", robot, key, expect=409)
    assert first.json()["secret"] not in again.body.decode()
    # And one person's key is not another's.
    key = {"Idempotency-Key": uuid.uuid4().hex}
    place.admin.ask("POST", "/api/v1/projects", {"name": "p" + key["Idempotency-Key"][:8]}, key, expect=201)
    place.mallory.ask("POST", "/api/v1/projects", {"name": "p" + key["Idempotency-Key"][:8]}, key, expect=403)


# Too much


@pytest.mark.parametrize("method,path", [
    ("POST", "/api/v1/session"), ("POST", "/api/v1/users"), ("POST", "/api/v1/account/tokens"), ("PUT", "/api/v1/account"),
    ("POST", "/api/v1/projects"), ("POST", "/api/v1/copies"), ("POST", "/v2/token")])
def test_bodies_have_an_end(place, method, path):
    for declared in (True, False):
        size = 64 * 1024 * 1024
        head = f"{method} {path} HTTP/1.1\r\nHost: {place.address}\r\nAuthorization: {place.admin.headers['Authorization']}\r\n"
        head += "Content-Type: application/json\r\n"
        head += f"Content-Length: {size}\r\n\r\n" if declared else "Transfer-Encoding: chunked\r\n\r\n"
        sent = 0
        with socket.create_connection(("127.0.0.1", place.port), timeout=30) as connection:
            answer = b""
            try:
                connection.sendall(head.encode())
                while sent < size:
                    chunk = b"[" * 65536
                    connection.sendall(chunk if declared else b"10000\r\n" + chunk + b"\r\n")
                    sent += len(chunk)
            except OSError:
                pass
            try:
                answer = connection.recv(65536)
            except OSError:
                pass
        assert sent < 16 * 1024 * 1024, f"{sent} bytes were taken"
        assert answer == b"" or answer.split()[1] in (b"400", b"413"), answer[:200]
    place.admin.get("/system")


@pytest.mark.parametrize("body", [
    b'{"name":' + b"[" * 30_000, b'{"name":"' + b"x" * 200_000 + b'","password":"12345678"}', b"null", b"[]", b'{"name":1}',
    b'{"name":"a","name":"b","password":"12345678"}', b"\xff\xfe", b'{"name":"\\ud800","password":"12345678"}'])
def test_bodies_that_are_no_request(place, body):
    answer = place.admin.ask("POST", "/api/v1/users", body, {"Content-Type": "application/json"})
    assert answer.status in (400, 413), (answer.status, answer.body)


def test_a_scope_list_has_an_end(place):
    many = [scope("team", "image.pull")] * 65
    refused = place.alice.ask("POST", "/api/v1/account/tokens", {"name": "many", "scopes": many}, expect=400).json()
    assert refused["detail"] == "scopes: scopes are a list of at most 64"
    token = place.alice.registry_token(*(f"repository:team/app{number}:pull" for number in range(100)))
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert len(claims["access"]) == 64


# The administrator


def test_the_last_administrator_stays(place):
    me = place.admin.get("/account")["id"]
    for body in ({"displayName": "", "email": "", "admin": False}, {"displayName": "", "email": "", "disabled": True}):
        place.admin.ask("PUT", f"/api/v1/users/{me}", body, expect=409)
    place.admin.ask("DELETE", f"/api/v1/users/{me}", expect=409)
    assert person(place, "admin", ADMIN_PASSWORD).get("/account")["admin"]


def test_nobody_makes_themselves_more(place):
    account = place.alice.get("/account")
    place.alice.put("/account", {"displayName": "Alice", "email": "", "admin": True, "disabled": False})
    assert place.alice.get("/account")["admin"] is False
    place.alice.ask("PUT", f"/api/v1/users/{account['id']}", {"displayName": "", "email": "", "admin": True}, expect=403)
    place.alice.ask("PUT", f"/api/v1/projects/team/members/{account['id']}", {"role": "admin"}, expect=403)
    owner = add_user(place.admin, "u" + uuid.uuid4().hex[:8])
    add_project(place.admin, "mine", admin=[owner])
    # A robot of a project has nothing outside it.
    for wanted in ([scope("team", "image.pull")], [scope("*", "image.pull")], [scope("mine", "user.manage")]):
        owner.ask("POST", "/api/v1/projects/mine/robots", {"name": "more", "scopes": wanted}, expect=400)
    owner.ask("POST", "/api/v1/robots", {"name": "more", "scopes": [scope("*", "image.pull")]}, expect=403)
