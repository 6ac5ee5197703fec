import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, Peer } from './process'

// Debian's docker-registry on plain HTTP.
export class DockerRegistry {
  private constructor(
    readonly host: string,
    readonly peer: Peer,
  ) {}

  get port(): number {
    return Number(this.host.split(':')[1])
  }

  static async start(directory: string): Promise<DockerRegistry> {
    mkdirSync(directory, { recursive: true })
    const host = `127.0.0.1:${await freePort()}`
    const configuration = join(directory, 'config.yml')
    writeFileSync(
      configuration,
      JSON.stringify({
        version: '0.1',
        log: { level: 'error', accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: join(directory, 'root') }, delete: { enabled: true } },
        http: { addr: host },
      }),
    )
    const peer = new Peer('docker-registry', ['serve', configuration], join(directory, 'log'))
    await peer.ready(`http://${host}/v2/`)
    return new DockerRegistry(host, peer)
  }
}
