import { describe, expect, it } from 'vitest'
import { needsInsecureRegistry, pullCommands, pushCommands } from './pullCommands'

const secure = { address: 'cang.example.com', plainHttp: false }
const plain = { address: '10.0.0.5:5000', plainHttp: true }
const commandOf = (tool: string, ...where: Parameters<typeof pullCommands>) =>
  pullCommands(...where).find((line) => line.tool === tool)?.command

describe('pull commands', () => {
  it('name the image by tag', () => {
    expect(pullCommands(secure, 'team/app', '1.2').map((line) => line.command)).toEqual([
      'docker pull cang.example.com/team/app:1.2',
      'podman pull cang.example.com/team/app:1.2',
      'skopeo copy docker://cang.example.com/team/app:1.2 oci-archive:app.tar',
      'cang copy docker://cang.example.com/team/app:1.2 oci-archive:app.tar',
    ])
  })

  it('name the image by digest', () => {
    expect(commandOf('docker', secure, 'app', 'sha256:abc')).toBe('docker pull cang.example.com/app@sha256:abc')
  })

  it('tell the tools when there is no TLS, in the words of each', () => {
    expect(commandOf('podman', plain, 'app', '1')).toBe('podman pull --tls-verify=false 10.0.0.5:5000/app:1')
    expect(commandOf('skopeo', plain, 'app', '1')).toContain('--src-tls-verify=false')
    expect(commandOf('cang', plain, 'app', '1')).toContain('--source-tls-verify=false')
  })

  it('know when docker needs to be told', () => {
    expect(needsInsecureRegistry(plain)).toBe(true)
    expect(needsInsecureRegistry(secure)).toBe(false)
    for (const address of ['127.0.0.1:5000', 'localhost:5000', '[::1]:5000'])
      expect(needsInsecureRegistry({ address, plainHttp: true })).toBe(false)
  })
})

describe('push commands', () => {
  it('begin with signing in, where that is needed', () => {
    expect(pushCommands(secure, true, 'admin')[0]).toBe('docker login cang.example.com -u admin')
    expect(pushCommands(secure, false, '')[0]).toMatch(/^docker tag /)
  })
})
