import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, Peer } from './process'

export const PASSWORD = 'correct-horse-battery'

// `cang serve` on a directory of its own, with the interface that is inside the binary.
export class Cang {
  private constructor(
    readonly host: string,
    readonly peer: Peer,
  ) {}

  get url(): string {
    return `http://${this.host}`
  }

  static async start(directory: string, more: string[] = [], port?: number): Promise<Cang> {
    const binary = process.env.CANG_BINARY
    if (!binary) throw new Error('CANG_BINARY names no binary: build cang and set it')
    mkdirSync(directory, { recursive: true })
    const password = join(directory, 'password')
    writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 })
    const host = `127.0.0.1:${port ?? (await freePort())}`
    const options = ['--data', join(directory, 'data'), '--listen', host, '--admin-password-file', password]
    const peer = new Peer(binary, ['serve', ...options, '--auth', 'token', ...more], join(directory, 'log'), {
      HOME: directory,
    })
    await peer.ready(`http://${host}/readyz`)
    return new Cang(host, peer)
  }
}
