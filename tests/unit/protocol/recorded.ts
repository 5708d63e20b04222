/** The node's recorded answers (tests/fixtures/routstr-node). */
import { readFileSync } from 'node:fs'
import type { Model } from '../../../src/domain/offer.ts'
import { parseModels } from '../../../src/protocol/catalogue.ts'

export function recorded(name: string): { status: number; headers: Headers; body: string } {
  const raw = readFileSync(new URL(`../../fixtures/routstr-node/${name}.http`, import.meta.url), 'utf8')
  const split = raw.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = raw.slice(0, split).split('\r\n')
  const headers = new Headers(lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
  return { status: Number(statusLine.split(' ')[1]), headers, body: raw.slice(split + 4) }
}

export function recordedModel(id: string): Model {
  const model = parseModels(recorded('models').body).find((candidate) => candidate.id === id)
  if (model === undefined) throw new Error(`no recorded model ${id}`)
  return model
}

export function aModel(changes: Partial<Model> = {}): Model {
  return {
    id: 'owl-mini',
    name: 'Owl Mini',
    description: '',
    aliases: [],
    contextLength: 8192,
    topProvider: { contextLength: 8192, maxCompletionTokens: 4096 },
    inputModalities: ['text'],
    outputModalities: ['text'],
    price: { promptSat: 0.001, completionSat: 0.002, maxPromptSat: 4, maxCompletionSat: 8, maxCostSat: 12 },
    ...changes,
  }
}
