/**
 * Which addresses of strangers we are willing to talk to (T24): https to public names. Announcements and tokens carry
 * URLs that anybody may have written; without this guard they could point into the user's own network.
 */
import { RoutstrError } from './errors.ts'

export interface AddressPolicy {
  /** The developer switch: http(s) to localhost and 127.0.0.1 as well (the development network). */
  readonly allowLoopback: boolean
  /** Fake sats: nothing else at all. */
  readonly onlyLoopback?: boolean
}

/**
 * The URL without trailing slashes, otherwise exactly as written: nodes compare mint URLs letter by letter.
 * @param schemes `['https:']` for nodes and mints, `['wss:']` for relays
 * @throws RoutstrError `unsafe_address`
 */
export function safeAddress(text: string, policy: AddressPolicy, secure: 'https:' | 'wss:' = 'https:'): string {
  const url = text.length <= 512 ? URL.parse(text) : null
  if (url === null) throw unsafe(text, 'it is not a valid URL')
  if (url.username !== '' || url.password !== '') throw unsafe(text, 'it carries a user name or password')
  if (url.hash !== '' || url.search !== '') throw unsafe(text, 'it carries a query or a fragment')
  const host = url.hostname.toLowerCase()
  const plain = secure === 'https:' ? 'http:' : 'ws:'
  if (isLoopback(host)) {
    if (policy.allowLoopback && (url.protocol === plain || url.protocol === secure)) return text.replace(/\/+$/, '')
    throw unsafe(text, 'it points at this computer (the developer switch allows that)')
  }
  if (policy.onlyLoopback === true) throw unsafe(text, 'with fake sats only this computer is spoken to')
  if (url.protocol !== secure) throw unsafe(text, `only ${secure}// addresses are used`)
  if (isPrivateName(host)) throw unsafe(text, 'it points into a private network')
  return text.replace(/\/+$/, '')
}

export function isSafeAddress(text: string, policy: AddressPolicy, secure: 'https:' | 'wss:' = 'https:'): boolean {
  try {
    safeAddress(text, policy, secure)
    return true
  } catch {
    return false
  }
}

function unsafe(text: string, why: string): RoutstrError {
  return new RoutstrError('unsafe_address', `The address ${text.slice(0, 120)} is not used: ${why}.`)
}

export function isLoopbackAddress(text: string): boolean {
  return isLoopback(URL.parse(text)?.hostname.toLowerCase() ?? '')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host) || host === '[::1]'
}

/** IP literals of any kind (public services have names), single-label names and names that only resolve at home. */
function isPrivateName(host: string): boolean {
  if (host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host)) return true
  if (!host.includes('.')) return true
  return /\.(local|internal|intranet|lan|home|home\.arpa|corp|test|invalid|example|onion)\.?$/.test(host)
}
