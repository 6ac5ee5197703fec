"""Peers of the tests of outgoing connections: a port that nobody may reach, a registry that leads elsewhere, and a name
server that changes its mind."""

import contextlib
import hashlib
import select
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import images


class Trap:
    """Listens, counts who comes, and says nothing."""

    def __init__(self, host="127.0.0.1", port=0):
        self.listener = socket.create_server((host, port))
        self.port = self.listener.getsockname()[1]
        self.visitors = 0
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.listener.accept()[0].close()
                self.visitors += 1

    def is_untouched(self):
        """Also nobody is waiting to be let in."""
        waiting, _, _ = select.select([self.listener], [], [], 0)
        return self.visitors == 0 and not waiting

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread, which would keep the port
        self.listener.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        self.server.requests.append((self.command, self.path))
        image, lure = self.server.image, self.server.lures
        if "token" in lure:
            return self.answer(401, WWW_Authenticate=f'Bearer realm="{lure["token"]}",service="x"')
        if "/manifests/" in self.path and "manifest" in lure:
            return self.answer(307, Location=lure["manifest"])
        digest = "sha256:" + hashlib.sha256(image.manifest).hexdigest()
        if self.path in ("/v2/app/manifests/v1", f"/v2/app/manifests/{digest}"):
            return self.answer(200, image.manifest, Content_Type=images.MANIFEST, Docker_Content_Digest=digest)
        if "/blobs/" in self.path and "blob" in lure:
            return self.answer(307, Location=lure["blob"])
        return self.answer(200 if self.path == "/v2/" else 404, b"{}")

    do_HEAD = do_GET

    def do_POST(self):
        self.server.requests.append((self.command, self.path))
        self.answer(202, Location=self.server.lures["upload"])


class LuringRegistry:
    """Sends its clients elsewhere: `token`, `manifest`, `blob` or `upload` is where."""

    def __init__(self, **lures):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.lures = lures
        self.server.image = images.noise_image(10_000, "lure")
        self.server.requests = []
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def requests(self):
        return self.server.requests

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class NameServer:
    """Answers every question for an address with what `addresses` holds at that moment; its answers may not be kept."""

    def __init__(self, host, addresses):
        self.addresses = addresses
        self.questions = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                query, client = self.socket.recvfrom(512)
                if not query:
                    return
                self.socket.sendto(self._reply(query), client)

    def _reply(self, query):
        end = query.index(b"\0", 12) + 5
        question, kind = query[12:end], struct.unpack("!H", query[end - 4 : end - 2])[0]
        found = self.addresses if kind == 1 else []
        self.questions += kind == 1
        answers = b"".join(
            struct.pack("!HHHIH", 0xC00C, 1, 1, 0, 4) + socket.inet_aton(address) for address in found)
        return query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(found), 0, 0) + question + answers

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread, which would keep the port
        self.socket.close()
