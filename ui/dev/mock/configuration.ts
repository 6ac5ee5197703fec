import type { Permission, Setting } from '../../src/api/accessTypes'
import type { Route } from './router'

// Who has each permission of a project: guest, viewer, operator, admin.
const table: [name: string, has: string, description: string][] = [
  ['image.pull', 'GVOA', 'Pull images'],
  ['image.push', 'OA', 'Push images'],
  ['image.delete', 'A', 'Delete images'],
  ['project.read', 'GVOA', 'See the project'],
  ['project.update', 'A', 'Change the project'],
  ['project.delete', 'A', 'Delete the project'],
  ['member.read', 'VOA', 'See the members'],
  ['member.manage', 'A', 'Manage the members'],
  ['robot.read', 'A', 'See the robots'],
  ['robot.manage', 'A', 'Manage the robots'],
  ['project.audit', 'A', 'Read the audit log of the project'],
  ['repository.update', 'A', 'Make repositories private'],
]
const permissions: Permission[] = [
  ...table.map(([name, has, description]): Permission => ({
    name,
    scope: 'project',
    description,
    guest: has.includes('G'),
    viewer: has.includes('V'),
    operator: has.includes('O'),
    projectAdmin: true,
    anonymous: false,
    signedIn: false,
  })),
  {
    name: 'user.manage',
    scope: 'server',
    description: 'Manage the users',
    guest: false,
    viewer: false,
    operator: false,
    projectAdmin: false,
    anonymous: false,
    signedIn: false,
  },
]

const setting = (
  key: string,
  value: unknown,
  source: Setting['source'],
  description: string,
  reloadable = false,
): Setting => ({
  key,
  value,
  source,
  reloadable,
  description,
})
const settings: Setting[] = [
  setting('auth', 'token', 'flag', 'How clients prove who they are: token, basic or none'),
  setting('data', '/var/lib/cang', 'flag', 'The directory that holds everything'),
  setting(
    'database',
    'postgresql://cang:***@db.example/cang',
    'environment',
    'Where facts are kept; empty: SQLite in the data directory',
  ),
  setting('listen', '127.0.0.1:5000', 'default', 'Address and port to listen on'),
  setting('log.level', 'info', 'file', 'The least severe messages that are written', true),
  setting(
    'login.attempts',
    10,
    'default',
    'Attempts to sign in within a quarter of an hour, of an address and of an account',
    true,
  ),
  setting('oidc.client_secret', '***', 'file', 'The secret that the provider knows this server by'),
  setting('oidc.issuer', 'https://id.acme.example', 'file', 'The OpenID Connect provider to sign in at'),
  setting('session.lifetime', '7d', 'default', 'How long a session lasts', true),
  setting('storage.grace', '24h', 'default', 'How long content that nothing names is kept', true),
  setting('tls.cert', '', 'default', 'The certificate; empty: plain HTTP'),
  setting('url', 'http://registry.example:5000', 'file', 'How clients reach this server'),
]

export const configurationRoutes = (): Route[] => [
  ['GET', '/permissions', () => ({ items: permissions })],
  ['GET', '/settings', () => ({ items: settings })],
]
