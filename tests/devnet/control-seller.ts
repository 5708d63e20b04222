/**
 * The seller's side of a provider for other processes, as JSON (control.ts), target `cheap` | `dear`:
 *   {action:'pricing', rules}  {action:'pricingStep'}  {action:'pricingHistory'}  {action:'pricingOff'}   rules: provider/pricing-engine.ts
 *   {action:'addModel', upstreamId, name, promptSat, completionSat, contextLength?, maxCompletionTokens?, aliasIds?}
 *   {action:'removeModel', model}   models come and go while the node runs
 *   {action:'upstreams', use: [{name: 'upstream'|'spareUpstream', slots?}…]}  {action:'upstreamState'}   balance, queue, fail-over
 */
import * as v from 'valibot'
import type { DevnetProvider } from './provider/provider.ts'
import type { DevnetUpstream } from './upstream/upstream.ts'

const factor = v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))
const price = v.pipe(v.number(), v.minValue(0))
const rules = v.object({
  intervalMs: v.optional(v.pipe(v.number(), v.minValue(10))),
  load: v.optional(factor),
  demand: v.optional(v.pipe(factor, v.minValue(1))),
  memory: v.optional(v.pipe(v.number(), v.minValue(1))),
  hours: v.optional(v.pipe(v.array(factor), v.length(24))),
  script: v.optional(v.pipe(v.array(factor), v.minLength(1))),
})

export const sellerCommand = v.variant('action', [
  v.object({ action: v.literal('pricing'), rules }),
  v.object({
    action: v.literal('addModel'),
    upstreamId: v.string(),
    name: v.string(),
    promptSat: price,
    completionSat: price,
    contextLength: v.optional(v.number(), 8192),
    maxCompletionTokens: v.optional(v.number(), 4096),
    aliasIds: v.optional(v.array(v.string()), []),
  }),
  v.object({ action: v.literal('removeModel'), model: v.string() }),
  v.object({
    action: v.literal('upstreams'),
    use: v.array(v.object({ name: v.picklist(['upstream', 'spareUpstream']), slots: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) })),
  }),
  v.object({ action: v.picklist(['pricingStep', 'pricingHistory', 'pricingOff', 'upstreamState']) }),
])

export function controlSeller(
  provider: DevnetProvider,
  command: v.InferOutput<typeof sellerCommand>,
  upstreams: { readonly upstream: DevnetUpstream; readonly spareUpstream: DevnetUpstream },
): unknown {
  switch (command.action) {
    case 'pricing':
      return provider.pricing.start(defined(command.rules))
    case 'pricingStep':
      return provider.pricing.step()
    case 'pricingHistory':
      return provider.pricing.history()
    case 'pricingOff':
      return provider.pricing.stop()
    case 'addModel': {
      const { action: _action, promptSat, completionSat, ...model } = command
      return provider.addModel({ ...model, price: { promptSat, completionSat } })
    }
    case 'removeModel':
      return provider.keepModels(
        provider
          .models()
          .map(({ id }) => id)
          .filter((id) => id !== command.model),
      )
    case 'upstreams':
      return provider.upstreams.set(
        command.use.map(({ name, slots }) => ({ url: upstreams[name].url, key: upstreams[name].key, ...(slots === undefined ? {} : { slots }) })),
      )
    case 'upstreamState':
      return provider.upstreams.state()
  }
}

type Rules = Parameters<DevnetProvider['pricing']['start']>[0]

function defined(rulesGiven: { [K in keyof Rules]?: Rules[K] | undefined }): Rules {
  return Object.fromEntries(Object.entries(rulesGiven).filter(([, value]) => value !== undefined))
}
