import type { HistoryEntry, ImageDetail, Layer } from '@/api/types'

// Pure: how an image came to be, step by step.

export interface LayerStep {
  // The number of the layer, from 1; absent where a step changed settings only.
  number?: number
  layer?: Layer
  command?: string
  comment?: string
  created?: string
  // Of all layers together, and of the largest: both from 0 to 1.
  part: number
  width: number
}

type Made = Pick<ImageDetail, 'layers' | 'history'>

// What the history says in the words of a Dockerfile, whoever wrote it down.
export function dockerfileLine(createdBy: string): string {
  const text = createdBy.replace(/\s*# buildkit\s*$/, '').trim()
  const setting = /^(?:\/bin\/sh -c|cmd \/S \/C) #\(nop\)\s+/.exec(text)
  if (setting) return text.slice(setting[0].length).trim()
  const run = /^(?:RUN )?(?:\|\d+ .*?)?(?:\/bin\/sh -c|cmd \/S \/C) /.exec(text)
  return run ? `RUN ${text.slice(run[0].length).trim()}` : text
}

// A line that is long because it holds many commands, one command a line.
export const brokenAtAnds = (line: string): string => line.replace(/\s+(&&|\|\|)\s+/g, '\n    $1 ')

function step(layer: Layer | undefined, origin: Partial<HistoryEntry>, total: number, largest: number): LayerStep {
  const size = layer?.size ?? 0
  return {
    layer,
    command: origin.createdBy ? dockerfileLine(origin.createdBy) : undefined,
    comment: origin.comment,
    created: origin.created,
    part: total > 0 ? size / total : 0,
    width: largest > 0 ? size / largest : 0,
  }
}

// The number of the layer that each entry made; nothing when history and layers do not fit together.
function layersOf(history: HistoryEntry[], layers: Layer[]): (number | undefined)[] | undefined {
  if (history.some((entry) => entry.layer !== undefined)) return history.map((entry) => entry.layer)
  if (history.filter((entry) => !entry.emptyLayer).length !== layers.length) return undefined
  let next = 0
  return history.map((entry) => (entry.emptyLayer ? undefined : next++))
}

export function layerSteps({ layers = [], history = [] }: Made): LayerStep[] {
  const total = layers.reduce((sum, layer) => sum + layer.size, 0)
  const largest = Math.max(0, ...layers.map((layer) => layer.size))
  const numbers = layersOf(history, layers)
  if (!numbers || history.length === 0)
    return layers.map((layer, i) => ({ ...step(layer, layer, total, largest), number: i + 1 }))
  return history.map((entry, i) => {
    const number = numbers[i]
    const layer = number === undefined ? undefined : layers[number]
    return { ...step(layer, entry, total, largest), number: layer ? number! + 1 : undefined }
  })
}
