// Pure: how docker is signed in; it asks for the password. Names of robots have a $, which shells would read.
export function loginCommand(address: string, user: string): string {
  const quoted = /^[\w.@-]*$/.test(user) ? user : `'${user}'`
  return `docker login ${address}${quoted ? ` -u ${quoted}` : ''}`
}
