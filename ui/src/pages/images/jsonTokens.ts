// Pure: JSON cut into pieces to colour. The text is the pieces put together.

export type JsonKind = 'key' | 'text' | 'number' | 'word' | 'rest'

export interface JsonToken {
  kind: JsonKind
  text: string
}

const PIECE = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g

export function jsonTokens(json: string): JsonToken[] {
  const tokens: JsonToken[] = []
  let end = 0
  const add = (kind: JsonKind, text: string) => text && tokens.push({ kind, text })
  for (const match of json.matchAll(PIECE)) {
    add('rest', json.slice(end, match.index))
    const [, quoted, colon, number, word] = match
    if (quoted) add(colon ? 'key' : 'text', quoted)
    if (colon) add('rest', colon)
    if (number) add('number', number)
    if (word) add('word', word)
    end = match.index + match[0].length
  }
  add('rest', json.slice(end))
  return tokens
}

// As it is when it is no JSON.
export function formattedJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
