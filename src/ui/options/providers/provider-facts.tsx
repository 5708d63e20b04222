/** The lines on a provider's page: name, value. Every value comes from the record, an event, or receipts that are listed below it. */
import type { ComponentChildren } from 'preact'
import type { ProviderRecord } from '../../../domain/provider-record.ts'
import type { Receipt } from '../../../domain/receipt.ts'
import type { ProviderPageView } from '../../../messaging/routes/market.ts'
import { plainText } from '../../parts/page-text.ts'
import { agoText, momentText, spanText } from '../../parts/times.ts'
import { providerWords } from './strings.ts'

type Row = readonly [name: string, value: ComponentChildren] | null

/** How it did, as far as we have seen ourselves. */
export function dealings({ provider, receipts, failures, catalogueAt, firstSeenAt }: ProviderPageView, now: number): readonly Row[] {
  const { answered, failed, firstTokenMs, tokensPerSecond, wrong } = tally(receipts, provider.url)
  return [
    ['Last answer', provider.seenAt === null ? 'none yet' : moment(provider.seenAt, now)],
    ['Readings failed in a row', String(failures)],
    ['Prices read', catalogueAt === null ? 'not yet' : moment(catalogueAt, now)],
    ['Requests answered', answered + failed === 0 ? 'none asked yet' : `${answered} of ${answered + failed}`],
    ['First token', firstTokenMs === null ? '–' : `${spanText(firstTokenMs)} (median)`],
    ['Speed', tokensPerSecond === null ? '–' : `${Math.round(tokensPerSecond)} tokens/s (median)`],
    ['Receipts that do not add up', String(wrong)],
    ['Known since', moment(firstSeenAt, now)],
  ]
}

export function addressFacts({ provider, urls, announcement, identity, infoKey }: ProviderPageView): readonly Row[] {
  const others = urls.filter((url) => url !== provider.url)
  return [
    ['In use', text(provider.url)],
    others.length === 0 ? null : ['Also announced', list(others)],
    announcement === null || announcement.onions.length === 0 ? null : [providerWords.onion, list(announcement.onions)],
    ['Mints', provider.mints.length === 0 ? 'none named' : list(provider.mints)],
    ['Version', plainText(provider.version, 64) || '–'],
    ['Key named by the node', infoKey === null ? 'none' : mono(infoKey)],
    ['Identity', providerWords.identity[identity]],
  ]
}

export function announcementFacts({ provider }: ProviderPageView, announcement: NonNullable<ProviderRecord['announcement']>, now: number): readonly Row[] {
  const { eventId, createdAt, relays, mints, version } = announcement
  return [
    ['Event', mono(eventId)],
    ['Dated', moment(createdAt * 1000, now)],
    ['Seen on', list(relays)],
    ['Key', mono(provider.pubkey ?? '')],
    ['Mints it announces', mints.length === 0 ? 'none' : list(mints)],
    ['Version it announces', version === '' ? '–' : plainText(version, 64)],
  ]
}

/** Counts over the receipts on the page. */
export function tally(receipts: readonly Receipt[], url: string) {
  const here = receipts.filter(({ providerUrl, state }) => providerUrl === url && state !== 'failed')
  const failed = receipts.filter(({ attempts }) => attempts.some((attempt) => attempt.providerUrl === url && attempt.outcome !== 'answered')).length
  return {
    answered: here.filter(({ state }) => state !== 'interrupted').length,
    failed,
    firstTokenMs: median(here.map(({ firstTokenMs }) => firstTokenMs)),
    tokensPerSecond: median(here.map(({ tokensPerSecond }) => tokensPerSecond)),
    wrong: here.filter(({ mismatches }) => mismatches.length > 0).length,
  }
}

function median(numbers: readonly (number | null)[]): number | null {
  const sorted = numbers.filter((number) => number !== null).sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

function moment(at: number, now: number) {
  return <span title={momentText(at)}>{agoText(at, now)}</span>
}

function text(value: string) {
  return <span class="address">{plainText(value, 300)}</span>
}

function mono(value: string) {
  return <span class="mono address">{value}</span>
}

function list(values: readonly string[]) {
  return (
    <span class="fact-list">
      {values.map((value) => (
        <span key={value} class="address">
          {plainText(value, 300)}
        </span>
      ))}
    </span>
  )
}
