// The real clients against socketio_echo_server: node socketio_clients.mjs URL PACKAGE. Exits 0 when every step holds.
import assert from "node:assert/strict";

const [url, name] = process.argv.slice(2);
const { io, Manager } = await import(name);

const once = (emitter, event) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within 5 s`)), 5000);
    emitter.once(event, (...values) => (clearTimeout(timer), resolve(values)));
  });

const steps = {
  async "polling alone"() {
    const socket = io(url, { transports: ["polling"], forceNew: true, auth: { token: "a" } });
    const [auth] = await once(socket, "auth");
    assert.deepEqual(auth, { token: "a" });
    socket.emit("message", 1, { two: [2] }, Buffer.from([1, 2, 3]));
    const values = await once(socket, "message-back");
    assert.deepEqual(values.slice(0, 2), [1, { two: [2] }]);
    assert.deepEqual([...new Uint8Array(values[2])], [1, 2, 3]);
    socket.close();
  },
  async "the upgrade from polling to WebSocket"() {
    const socket = io(url, { forceNew: true });
    const engine = socket.io.engine ?? (await once(socket, "connect"), socket.io.engine);
    if (!engine.upgrading && engine.transport.name !== "websocket") await once(engine, "upgrade");
    else if (engine.transport.name !== "websocket") await once(engine, "upgrade");
    if (!socket.connected) await once(socket, "connect");
    assert.equal(engine.transport.name, "websocket");
    const reply = await socket.timeout(5000).emitWithAck("message-with-ack", "x", Buffer.from([9]));
    assert.ok(reply === "x" || reply[0] === "x");
    socket.close();
  },
  async "WebSocket alone, with answers both ways"() {
    const socket = io(url, { transports: ["websocket"], forceNew: true });
    socket.on("question", (value, answer) => answer(value + 1, Buffer.from([7])));
    await once(socket, "connect");
    socket.emit("ask-me", 41);
    const [value, bytes] = await once(socket, "answered");
    assert.equal(value, 42);
    assert.deepEqual([...new Uint8Array(bytes)], [7]);
    socket.close();
  },
  async "namespaces and refusals on one connection"() {
    const manager = new Manager(url, { transports: ["websocket"] });
    const custom = manager.socket("/custom");
    await once(custom, "connect");
    const unknown = manager.socket("/random");
    assert.equal((await once(unknown, "connect_error"))[0].message, "Invalid namespace");
    const refused = manager.socket("/", { auth: { token: "refuse" } });
    const [error] = await once(refused, "connect_error");
    assert.equal(error.message, "not authorized");
    assert.deepEqual(error.data, { hint: "another token" });
    assert.ok(custom.connected);
    for (const socket of [custom, unknown, refused]) socket.close();
  },
  async "heartbeats keep a quiet client"() {
    const socket = io(url, { transports: ["websocket"], forceNew: true });
    await once(socket, "connect");
    const id = socket.id;
    for (let i = 0; i < 3; i++) await once(socket.io, "ping");
    assert.ok(socket.connected);
    assert.equal(socket.id, id);
    socket.close();
  },
  async "reconnects after a broken connection"() {
    const socket = io(url, { transports: ["websocket"], forceNew: true, reconnectionDelay: 10 });
    await once(socket, "connect");
    const id = socket.id;
    const back = once(socket.io, "reconnect");
    socket.io.engine.transport.ws.close();
    await back;
    if (!socket.connected) await once(socket, "connect");
    assert.notEqual(socket.id, id);
    socket.close();
  },
  async "a disconnect by the server is final"() {
    const socket = io(url, { transports: ["websocket"], forceNew: true });
    await once(socket, "connect");
    socket.emit("disconnect-me");
    assert.deepEqual((await once(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false);
  },
};

for (const [step, run] of Object.entries(steps)) {
  try {
    await run();
    console.log(`ok ${step}`);
  } catch (error) {
    console.log(`FAILED ${step}: ${error.stack}`);
    process.exitCode = 1;
  }
}
process.exit();
