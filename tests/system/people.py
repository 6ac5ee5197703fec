"""People, robots and tokens of a server, and requests as each of them."""

import base64
import http.client
import itertools
import json
import urllib.parse

from api import Answer
from distribution import Client
from machine import ADMIN_PASSWORD

def other_addresses():
    """For the member `addresses` of a server with --trust-proxy."""
    return (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in itertools.count(1))


PASSWORD = "a password of eight and more"


class Asker:
    """Somebody: a name and what proves it. Without headers nobody."""

    def __init__(self, server, name="", headers=None):
        self.server = server
        self.name = name
        self.headers = headers or {}

    def ask(self, method, path, body=None, headers=None, expect=None):
        headers = {**self.headers, **(headers or {})}
        if addresses := getattr(self.server, "addresses", None):
            # Believed by a server that trusts its proxy: failures of one test do not count against the next.
            headers.setdefault("X-Forwarded-For", next(addresses))
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.server.address, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        if expect:
            assert answer.status == expect, f"{self.name}: {method} {path}: {answer.status} {answer.body[:600]!r}"
        return answer

    def get(self, path):
        return self.ask("GET", "/api/v1" + path, expect=200).json()

    def post(self, path, body, expect=201):
        return self.ask("POST", "/api/v1" + path, body, expect=expect).json()

    def put(self, path, body, expect=200):
        answer = self.ask("PUT", "/api/v1" + path, body, expect=expect)
        return answer.json() if answer.body else None

    def delete(self, path, expect=204):
        self.ask("DELETE", "/api/v1" + path, expect=expect)

    def registry_token(self, *scopes, expect=200):
        """The JWT of the distribution protocol."""
        query = urllib.parse.urlencode([("service", "cang")] + [("scope", scope) for scope in scopes])
        answer = self.ask("GET", f"/v2/token?{query}", expect=expect)
        return answer.json()["token"] if expect == 200 else None


def basic(name, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def person(server, name, password=PASSWORD):
    return Asker(server, name, basic(name, password))


def administrator(server):
    return person(server, "admin", ADMIN_PASSWORD)


def client(asker):
    """Of the registry, as somebody, with Basic."""
    made = Client(asker.server.address)
    made.headers.update(asker.headers)
    return made


def add_user(admin, name, password=PASSWORD, **more):
    """Returns them; `identity` is the id."""
    user = admin.post("/users", {"name": name, "password": password, **more})
    made = person(admin.server, name, password)
    made.identity = user["id"]
    return made


def add_project(admin, name, /, public=False, **roles):
    """roles: admin=[people], operator=[…], viewer=[…]"""
    admin.post("/projects", {"name": name, "public": public})
    for role, members in roles.items():
        for member in members:
            admin.put(f"/projects/{name}/members/{member.identity}", {"role": role})


def scope(project, *permissions):
    return {"project": project, "permissions": list(permissions)}


def add_robot(admin, project, name, *permissions):
    """A robot of the project with these permissions there; `identity` and `secret` are what the API said."""
    made = admin.post(f"/projects/{project}/robots", {"name": name, "scopes": [scope(project, *permissions)]})
    robot = Asker(admin.server, made["name"], basic(made["name"], made["secret"]))
    robot.identity, robot.secret = made["id"], made["secret"]
    return robot


def add_token(owner, name, *scopes):
    """A personal token; it asks as Bearer."""
    made = owner.post("/account/tokens", {"name": name, "scopes": list(scopes)} if scopes else {"name": name})
    token = Asker(owner.server, owner.name, bearer(made["token"]))
    token.identity, token.secret = made["id"], made["token"]
    return token


def sign_in(asker, password=PASSWORD, headers=None):
    """The same person by a session's cookie, as a browser of ours asks."""
    answer = Asker(asker.server).ask("POST", "/api/v1/session", {"user": asker.name, "password": password}, headers,
                                     expect=200)
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    return Asker(asker.server, asker.name, {"Cookie": cookie, "X-Requested-With": "cang"})
