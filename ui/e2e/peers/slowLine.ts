import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from './process'

// A line to a server that carries as many bytes a second as wanted.
export class SlowLine {
  bytesPerSecond = Infinity
  readonly #sockets = new Set<Socket>()

  private constructor(
    readonly host: string,
    private readonly server: Server,
  ) {}

  static async to(port: number): Promise<SlowLine> {
    const own = await freePort()
    const server = createServer()
    const line = new SlowLine(`127.0.0.1:${own}`, server)
    server.on('connection', (client) => line.#join(client, connect(port, '127.0.0.1')))
    await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve))
    return line
  }

  #join(client: Socket, target: Socket): void {
    for (const socket of [client, target]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        target.destroy()
      })
    }
    client.pipe(target)
    target.on('data', (bytes: Buffer) => {
      client.write(bytes)
      if (this.bytesPerSecond === Infinity) return
      target.pause()
      setTimeout(() => target.resume(), (bytes.length / this.bytesPerSecond) * 1000)
    })
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
