/**
 * The handles of a mint for other processes, as JSON (control.ts). Paths are regular expressions as text, times 0 = until cleared.
 *   {action:'fault', path, when:'before'|'after', times?}  {action:'garbage', path, committed?, times?}
 *   {action:'status', path, status, committed?, retryAfterSeconds?, times?}  {action:'slow', path, ms, times?}  {action:'endless', path, times?}
 *   {action:'rotateBefore', path, feePpk?, unit?, times?}  {action:'rotate', feePpk?, unit?, versionByte?}
 *   {action:'hold', path} → {hold: number}  {action:'release', hold}  {action:'latency', ms}  {action:'clearFaults'}
 *   {action:'down', on}  {action:'lie', name, on}   names: mint/lies.ts
 *   {action:'autoPay', ms|null}  {action:'payQuote', quote}  {action:'expireQuote', quote}  {action:'holdMelts', on}  {action:'failMelts', on}
 *   {action:'settleMelt', quote, outcome:'paid'|'failed'}  {action:'meltChange', told}  {action:'nut20', known}  {action:'silent', on}
 *   {action:'token', amount, unit?, lockTo?}  {action:'totals', unit?}  {action:'calls'}  {action:'clearCalls'}
 */
import * as v from 'valibot'
import type { Hold, Rotation } from './mint/faults.ts'
import { MINT_LIES } from './mint/lies.ts'
import type { DevnetMint } from './mint/mint.ts'

const action = <N extends string>(name: N): v.LiteralSchema<N, undefined> => v.literal(name)
const times = v.pipe(
  v.optional(v.pipe(v.number(), v.minValue(0)), 1),
  v.transform((value) => (value === 0 ? Number.POSITIVE_INFINITY : value)),
)
const path = v.pipe(
  v.string(),
  v.transform((text) => new RegExp(text)),
)
const on = v.optional(v.boolean(), true)
const committed = v.optional(v.boolean(), false)
const rotation = { feePpk: v.optional(v.number()), unit: v.optional(v.string()), versionByte: v.optional(v.number()) }

export const mintCommand = v.variant('action', [
  v.object({ action: action('fault'), path, when: v.picklist(['before', 'after']), times }),
  v.object({ action: action('garbage'), path, committed, times }),
  v.object({ action: action('status'), path, status: v.number(), committed, retryAfterSeconds: v.optional(v.number()), times }),
  v.object({ action: action('slow'), path, ms: v.number(), times }),
  v.object({ action: action('endless'), path, times }),
  v.object({ action: action('rotateBefore'), path, ...rotation, times }),
  v.object({ action: action('rotate'), ...rotation }),
  v.object({ action: action('hold'), path }),
  v.object({ action: action('release'), hold: v.number() }),
  v.object({ action: action('latency'), ms: v.number() }),
  v.object({ action: action('down'), on }),
  v.object({ action: action('lie'), name: v.picklist(MINT_LIES), on }),
  v.object({ action: action('autoPay'), ms: v.nullable(v.number()) }),
  v.object({ action: v.picklist(['payQuote', 'expireQuote']), quote: v.string() }),
  v.object({ action: v.picklist(['holdMelts', 'failMelts', 'silent']), on }),
  v.object({ action: action('settleMelt'), quote: v.string(), outcome: v.picklist(['paid', 'failed']) }),
  v.object({ action: action('meltChange'), told: v.picklist(['always', 'answer-only', 'never']) }),
  v.object({ action: action('nut20'), known: v.picklist(['amended', 'legacy', 'both']) }),
  v.object({ action: action('token'), amount: v.number(), unit: v.optional(v.string()), lockTo: v.optional(v.string()) }),
  v.object({ action: action('totals'), unit: v.optional(v.string(), 'sat') }),
  v.object({ action: v.picklist(['clearFaults', 'calls', 'clearCalls']) }),
])

export function controlMint(mint: DevnetMint, command: v.InferOutput<typeof mintCommand>, holds: Hold[]): unknown {
  switch (command.action) {
    case 'fault':
      return mint.fault(command.path, command.when, command.times)
    case 'garbage':
      return mint.garbage(command.path, command.times, command)
    case 'status':
      return mint.status(command.path, command.status, command.times, given(command))
    case 'slow':
      return mint.slow(command.path, command.ms, command.times)
    case 'endless':
      return mint.endless(command.path, command.times)
    case 'rotateBefore':
      return mint.rotateBefore(command.path, rotationOf(command), command.times)
    case 'rotate':
      return mint.rotate(rotationOf(command))
    case 'hold':
      return { hold: holds.push(mint.hold(command.path)) - 1 }
    case 'release':
      return holds[command.hold]?.release()
    case 'latency':
      return mint.latency(command.ms)
    case 'down':
      mint.down = command.on
      return undefined
    case 'lie':
      mint.lies[command.name] = command.on
      return undefined
    case 'autoPay':
      mint.quotes.autoPayMs = command.ms
      return undefined
    case 'payQuote':
    case 'expireQuote':
      return mint[command.action](command.quote)
    case 'holdMelts':
    case 'failMelts':
      mint.quotes[command.action] = command.on
      return undefined
    case 'silent':
      mint.quotes.silentNotifications = command.on
      return undefined
    case 'settleMelt':
      return mint.settleMelt(command.quote, command.outcome)
    case 'meltChange':
      mint.quotes.meltChange = command.told
      return undefined
    case 'nut20':
      mint.quotes.nut20 = command.known
      return undefined
    case 'token':
      return mint.mintToken(command.amount, {
        ...(command.unit === undefined ? {} : { unit: command.unit }),
        ...(command.lockTo === undefined ? {} : { lockTo: command.lockTo }),
      })
    case 'totals':
      return { ...mint.totals(command.unit), outstandingSat: mint.outstanding(command.unit) }
    case 'clearFaults':
      return mint.clearFaults()
    case 'calls':
      return mint.calls
    case 'clearCalls':
      mint.calls.length = 0
      return undefined
  }
}

const given = ({
  committed,
  retryAfterSeconds,
}: {
  committed: boolean
  retryAfterSeconds?: number | undefined
}): { committed: boolean; retryAfterSeconds?: number } => ({
  committed,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
})

function rotationOf({ feePpk, unit, versionByte }: { [name in keyof Rotation]?: Rotation[name] | undefined }): Rotation {
  return { ...(feePpk === undefined ? {} : { feePpk }), ...(unit === undefined ? {} : { unit }), ...(versionByte === undefined ? {} : { versionByte }) }
}
