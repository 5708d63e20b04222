/** What is typed into the settings → values the background accepts. Pure. */

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
