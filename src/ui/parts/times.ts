/** Points in time and spans in words. All take the clock as an argument. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `4:59`, `0:07`, `0:00`: what is left of a question's life. */
export function countdownText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / SECOND))
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toString().padStart(2, '0')}`
}

/** The same for screen readers, spoken only when it changes in a way that matters. */
export function countdownPhrase(leftMs: number): string {
  if (leftMs <= 0) return 'The time is over.'
  if (leftMs <= 30 * SECOND) return 'Less than 30 seconds left.'
  const minutes = Math.ceil(leftMs / MINUTE)
  return minutes === 1 ? 'Less than one minute left.' : `Less than ${minutes} minutes left.`
}

export function agoText(at: number, now: number): string {
  const span = now - at
  if (span < 45 * SECOND) return 'just now'
  if (span < 60 * MINUTE) return `${Math.max(1, Math.round(span / MINUTE))} min ago`
  if (span < DAY) return `${Math.round(span / HOUR)} h ago`
  if (span < 2 * DAY) return 'yesterday'
  if (span < 14 * DAY) return `${Math.floor(span / DAY)} days ago`
  return dayText(at)
}

/** `today 18:00`, `at midnight`, `tomorrow 09:00`, `1 Dec`. */
export function untilText(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY)
  if (days === 1 && at === startOfDay(at)) return 'at midnight'
  if (days <= 0) return `today ${clockText(at)}`
  if (days === 1) return `tomorrow ${clockText(at)}`
  return dayText(at)
}

export function clockText(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

export function dayText(at: number): string {
  return new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short', year: 'numeric' })
}

export function momentText(at: number): string {
  return `${dayText(at)}, ${clockText(at)}`
}

/** `412 ms`, `4.2 s`, `12 s`, `3 min 05 s`. */
export function spanText(ms: number): string {
  if (ms >= 0 && ms < SECOND) return `${Math.round(ms)}\u202fms`
  if (ms < 10 * SECOND) return `${(Math.max(0, ms) / SECOND).toFixed(1)}\u202fs`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)}\u202fs`
  const seconds = Math.floor(ms / SECOND)
  return `${Math.floor(seconds / 60)}\u202fmin ${(seconds % 60).toString().padStart(2, '0')}\u202fs`
}

function startOfDay(at: number): number {
  const day = new Date(at)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
}
