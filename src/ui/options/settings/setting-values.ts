/** What is typed into the settings → values the background accepts. Pure. */
import type { RelayHealth } from '../../../domain/relay-health.ts'
import { agoText } from '../../parts/times.ts'

/** @returns null when it is no whole number within the bounds */
export function wholeBetween(text: string, least: number, most: number): number | null {
  const digits = text.replace(/[\s_,'\u2009\u202f]/g, '')
  if (!/^\d{1,9}$/.test(digits)) return null
  const value = Number(digits)
  return value >= least && value <= most ? value : null
}

/** Minutes with at most two decimals → ms within 5 s and 1 h. */
export function idleMs(text: string): number | null {
  if (!/^\d{1,2}([.,]\d{1,2})?$/.test(text.trim())) return null
  const value = Math.round(Number(text.trim().replace(',', '.')) * 60_000)
  return value >= 5_000 && value <= 3_600_000 ? value : null
}

export function idleText(ms: number): string {
  return String(Math.round(ms / 600) / 100)
}

/** @param developer loopback relays are allowed too */
export function relayAddress(text: string, developer: boolean): string | null {
  const url = text.length <= 512 ? URL.parse(text.trim()) : null
  if (url === null || url.username !== '' || url.hash !== '') return null
  const loopback = url.hostname === 'localhost' || url.hostname === '127.0.0.1'
  if (url.protocol !== 'wss:' && !(developer && loopback && url.protocol === 'ws:')) return null
  return text.trim().replace(/\/+$/, '')
}

/** How a relay does: a word, its colour, and the numbers behind it. */
export function relayState(health: RelayHealth, now: number): { readonly word: string; readonly tone: 'good' | 'warn' | ''; readonly facts: string } {
  const { state, connectedSince, lastEventAt, events, refused, failures, problem } = health
  const parts = [
    problem,
    connectedSince === null ? null : `since ${agoText(connectedSince, now)}`,
    events === 0 ? 'nothing heard yet' : `${events} ${events === 1 ? 'event' : 'events'}`,
    lastEventAt === null ? null : `last ${agoText(lastEventAt, now)}`,
    refused === 0 ? null : `${refused} refused`,
    failures === 0 ? null : `${failures} ${failures === 1 ? 'failure' : 'failures'}`,
  ]
  const words = { connecting: 'Connecting', connected: 'Connected', waiting: 'Not connected' } as const
  const tone = state === 'waiting' || problem !== null ? 'warn' : state === 'connected' ? 'good' : ''
  return { word: words[state], tone, facts: parts.filter((part) => part !== null).join(' · ') }
}
