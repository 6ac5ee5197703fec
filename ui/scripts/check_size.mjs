// Fails when what the browser fetches before the first page is shown grows beyond its limit.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 300 * 1024
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const sizeOf = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`

// An entry and all that it imports statically.
function filesOf(keys) {
  const files = new Set()
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    files.add(chunk.file)
    for (const file of [...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file)
    for (const next of chunk.imports ?? []) visit(next)
  }
  keys.forEach(visit)
  return files
}

const largestLocale = ['src/locales/en.ts', 'src/locales/zh-CN.ts']
  .map((key) => ({ key, size: sizeOf(manifest[key].file) }))
  .sort((a, b) => b.size - a.size)[0].key
const shellKeys = ['index.html', 'src/layout/AppLayout.vue', largestLocale]
const shell = filesOf(shellKeys)
const total = [...shell].reduce((sum, file) => sum + sizeOf(file), 0)

for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || !key.startsWith('src/pages/')) continue
  const extra = [...filesOf([key])].filter((file) => !shell.has(file))
  console.log(`  ${key}: +${kilobytes(extra.reduce((sum, file) => sum + sizeOf(file), 0))}`)
}
console.log(`shell: ${kilobytes(total)} gzip of ${kilobytes(LIMIT)} allowed, in ${shell.size} files`)
if (total > LIMIT) {
  console.error('The shell is too large: find what it imports that only a page needs.')
  process.exit(1)
}
