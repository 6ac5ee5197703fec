// A real OpenID Connect provider (oidc-provider of npm) with its own sign-in pages: any password will do.
// Arguments: port, redirect URI. People are in groups by their names: "dora" is a developer, "olga" an operator of all.
import { Provider } from 'oidc-provider'

const [port, redirectUri] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const groups = { dora: ['developers'], olga: ['admins'] }

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'cang',
      client_secret: 'the-secret-of-cang',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'email', 'groups'],
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: `subject-${id}`,
      name: `${id[0].toUpperCase()}${id.slice(1)} of the provider`,
      preferred_username: id,
      email: `${id}@provider.example`,
      groups: groups[id] ?? [],
    }),
  }),
  cookies: { keys: ['only for tests'] },
})

provider.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
