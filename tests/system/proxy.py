"""A TCP proxy that counts bytes, cuts a connection after so many of them, or holds them back until told."""

import select
import socket
import threading


class Proxy:
    """Between a client and 127.0.0.1:port. `up` is client to server, `down` the other way."""

    CHUNK = 32 * 1024

    def __init__(self, target_port):
        self.target_port = target_port
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.lock = threading.Lock()
        self.bytes = {"up": 0, "down": 0}
        self.connections = 0
        self.cuts = []  # (direction, at this many bytes of the direction), one is used up at a time
        self.hold = None  # (direction, bytes)
        self.held = threading.Event()
        self.released = threading.Event()
        self.closing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, direction, count):
        """Resets the connection that carries byte number `count` of the direction, counted over all connections."""
        with self.lock:
            self.cuts.append((direction, count))

    def hold_after(self, direction, count):
        """Stops moving bytes of the direction once `count` have passed; see `held` and `release`."""
        self.hold = (direction, count)

    def release(self):
        self.hold = None
        self.released.set()

    def close(self):
        self.closing = True
        self.release()
        self.listener.close()

    def _accept(self):
        while not self.closing:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            server.settimeout(None)
        except OSError:
            self._reset(client)
            return
        other = {client: (server, "up"), server: (client, "down")}
        try:
            while True:
                for ready in select.select(list(other), [], [])[0]:
                    target, direction = other[ready]
                    data = ready.recv(self.CHUNK)
                    if not data or not self._pass(direction, len(data)):
                        return
                    target.sendall(data)
        except OSError:
            pass
        finally:
            self._reset(client)
            self._reset(server)

    def _pass(self, direction, count):
        """Counts; False when this connection is to be cut."""
        with self.lock:
            self.bytes[direction] += count
            for cut in self.cuts:
                if cut[0] == direction and self.bytes[direction] >= cut[1]:
                    self.cuts.remove(cut)
                    return False
        hold = self.hold
        if hold and hold[0] == direction and self.bytes[direction] >= hold[1]:
            self.held.set()
            self.released.wait(60)
        return True

    @staticmethod
    def _reset(connection):
        try:
            # A reset, as from a broken network; a plain close would be an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        except OSError:
            pass
