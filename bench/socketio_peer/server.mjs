// The peer of socketio_server_bench, with node's socket.io: node server.mjs PORT
import { Server } from "socket.io";

const io = new Server(Number(process.argv[2]), { serveClient: false });
const load = "x".repeat(1024);
io.on("connection", (socket) => {
  socket.on("burst", (count) => {
    for (let i = 0; i < count; i++) io.emit("load", load);
  });
});
process.on("SIGTERM", () => process.exit());
