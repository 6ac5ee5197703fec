// The real clients against a real server's live topics: node live_clients.mjs URL PACKAGE COOKIE. Exits 0 when every step
// holds. NODE_EXTRA_CA_CERTS names the authority of an https URL.
import assert from "node:assert/strict";

const [url, name, cookie] = process.argv.slice(2);
const { io } = await import(name);

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`no ${what} within 15 s`)), 15000))]);
const once = (emitter, event) => within(new Promise((resolve) => emitter.once(event, resolve)), event);

const open = (options = {}) =>
  io(url, { forceNew: true, reconnectionDelay: 10, extraHeaders: { cookie }, ...options });

async function greeted(options) {
  const socket = open(options);
  const refused = new Promise((_, reject) => socket.once("connect_error", reject));
  const server = await Promise.race([once(socket, "server"), refused]);
  assert.match(server.version, /^\d/);
  assert.ok(server.commit && Date.parse(server.startedAt));
  return socket;
}

const ask = (socket, topic, body) => socket.timeout(15000).emitWithAck(topic, body);

async function collect() {
  const headers = { cookie, "X-Requested-With": "cang" };
  const response = await fetch(`${url}/api/v1/gc?dryRun=true`, { method: "POST", headers });
  assert.equal(response.status, 200, await response.text());
}

const last = (events) => events.at(-1)?.payload?.state;

const steps = {
  async "refused without a session"() {
    for (const transports of [["polling"], ["websocket"]]) {
      const socket = open({ extraHeaders: {}, transports, reconnection: false });
      assert.equal((await once(socket, "connect_error")).message, "sign in first");
      socket.close();
    }
  },
  async "refused on a page of another site, by cookie, not by token"() {
    const extraHeaders = { cookie, origin: "https://evil.example" };
    for (const transports of [["polling"], ["websocket"]]) {
      const socket = open({ extraHeaders, transports });
      assert.equal((await once(socket, "connect_error")).message, "sign in first");
      socket.close();
    }
    const token = cookie.slice(cookie.indexOf("=") + 1);
    (await greeted({ extraHeaders: { origin: "https://evil.example" }, auth: { token } })).close();
    (await greeted({ extraHeaders: { authorization: `Bearer ${token}` } })).close();
    (await greeted({ extraHeaders: { cookie, origin: url } })).close();
  },
  async "the course of all operations, over each transport"() {
    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      const socket = await greeted({ transports });
      if (transports.length > 1 && socket.io.engine.transport.name !== "websocket") await once(socket.io.engine, "upgrade");
      assert.equal(socket.io.engine.transport.name, transports.at(-1));
      assert.deepEqual(await ask(socket, "operations.watch", {}), { ok: true });
      const states = [];
      const ended = new Promise((resolve) =>
        socket.on("operation", (operation) => {
          assert.equal(operation.type, "registry.gc");
          assert.ok(!("result" in operation));
          if (states.at(-1) !== operation.state) states.push(operation.state);
          if (operation.state === "succeeded") resolve();
        }));
      await Promise.all([collect(), within(ended, "end of the operation")]);
      assert.deepEqual(states.slice(-2), ["running", "succeeded"]);
      socket.close();
    }
  },
  async "the events of one, resumed by sequence after a break in the middle"() {
    const socket = await greeted({ transports: ["websocket"] });
    await ask(socket, "operations.watch", {});
    const collecting = collect();
    const { id } = await once(socket, "operation");
    const events = [];
    const broken = new Promise((resolve) =>
      socket.on("operation.event", function take(event) {
        events.push(event);
        if (events.length < 2) return;
        socket.off("operation.event", take); // what else this connection brings is lost
        socket.io.engine.transport.ws.close();
        resolve();
      }));
    const reply = await ask(socket, "operation.watch", { id, after: 0 });
    assert.ok(reply.ok);
    assert.equal(reply.operation.id, id);
    await within(broken, "first events");
    await once(socket, "connect");
    const after = events.at(-1).sequence;
    socket.on("operation.event", (event) => events.push(event));
    assert.ok((await ask(socket, "operation.watch", { id, after })).ok);
    while (last(events) !== "succeeded") await once(socket, "operation.event");
    await collecting;
    const stored = events.filter((event) => event.kind !== "progress");
    assert.deepEqual(stored.map((event) => event.sequence), stored.map((_, index) => index + 1));
    assert.ok(stored.at(-1).sequence > after);
    assert.ok(events.every((event) => event.operation === id));
    assert.deepEqual(stored.filter((event) => event.kind === "state").map((event) => event.payload.state),
      ["pending", "running", "succeeded"]);
    socket.close();
  },
  async "what is wrong is answered"() {
    const socket = await greeted();
    const reply = await ask(socket, "operation.watch", { id: "nothing", after: 0 });
    assert.deepEqual(reply, { ok: false, error: { kind: "not_found", message: "there is no such operation" } });
    socket.close();
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
