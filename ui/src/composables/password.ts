// Pure: what the server wants of a password.

export const SHORTEST_PASSWORD = 8
const LONGEST = 1024

// A key of the locales.
export function passwordProblem(password: string): string | undefined {
  if (password.length < SHORTEST_PASSWORD) return 'profile.problem.short'
  return password.length > LONGEST ? 'profile.problem.long' : undefined
}
