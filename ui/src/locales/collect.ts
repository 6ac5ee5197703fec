// { './en/common.json': {...} } becomes { common: {...} }.
export type Texts = { [key: string]: string | Texts }

export function collect(files: Record<string, Texts>): Texts {
  const texts: Texts = {}
  for (const [path, content] of Object.entries(files)) texts[path.replace(/^.*\/(.+)\.json$/, '$1')] = content
  return texts
}
