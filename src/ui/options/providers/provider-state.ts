/** How a provider stands, in one word and a colour. Pure. */
import type { ProviderView } from '../../../messaging/ui-contract.ts'

export interface Standing {
  readonly word: string
  readonly tone: 'good' | 'warn' | 'bad' | ''
}

export function standing({ provider }: ProviderView): Standing {
  if (provider.blocked) return { word: 'Blocked', tone: 'bad' }
  if (provider.problem !== null) return { word: 'Problem', tone: 'warn' }
  return provider.seenAt === null ? { word: 'Not asked yet', tone: '' } : { word: 'Answering', tone: 'good' }
}

/** By name, address or model. Empty: all. */
export function matching(views: readonly ProviderView[], text: string): readonly ProviderView[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return views
  return views.filter(
    ({ provider, models }) =>
      `${provider.name} ${provider.url}`.toLowerCase().includes(wanted) || models.some((model) => `${model.id} ${model.name}`.toLowerCase().includes(wanted)),
  )
}
