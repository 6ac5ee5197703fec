import { imageName } from '@/composables/imagePath'
import { loginCommand } from '@/composables/loginCommand'

// Pure: what to type to bring an image to another machine, and one to here.

export interface Warehouse {
  // Host and port as docker names it.
  address: string
  // Served without TLS; only docker finds that out by itself, and only for this machine.
  plainHttp: boolean
}

export interface ToolCommand {
  tool: 'docker' | 'podman' | 'skopeo' | 'cang'
  command: string
}

const isLoopback = (address: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(address)

// Whether docker must first be told that this registry has no TLS.
export const needsInsecureRegistry = ({ address, plainHttp }: Warehouse): boolean => plainHttp && !isLoopback(address)

export const dockerPull = (address: string, repository: string, reference: string): string =>
  `docker pull ${address}/${imageName(repository, reference)}`

export function pullCommands(warehouse: Warehouse, repository: string, reference: string): ToolCommand[] {
  const name = `${warehouse.address}/${imageName(repository, reference)}`
  const file = `${repository.split('/').pop()}.tar`
  const without = (flag: string) => (warehouse.plainHttp ? `${flag} ` : '')
  return [
    { tool: 'docker', command: `docker pull ${name}` },
    { tool: 'podman', command: `podman pull ${without('--tls-verify=false')}${name}` },
    { tool: 'skopeo', command: `skopeo copy ${without('--src-tls-verify=false')}docker://${name} oci-archive:${file}` },
    { tool: 'cang', command: `cang copy ${without('--source-tls-verify=false')}docker://${name} oci-archive:${file}` },
  ]
}

export function pushCommands(warehouse: Warehouse, signIn: boolean, user: string): string[] {
  const name = `${warehouse.address}/my/app:1.0`
  return [
    ...(signIn ? [loginCommand(warehouse.address, user)] : []),
    `docker tag my/app:1.0 ${name}`,
    `docker push ${name}`,
  ]
}
