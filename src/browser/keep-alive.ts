/**
 * Bytes on a fetch do not keep a worker alive, extension calls do (`extension-platform.md` §3, §4). Counted: the timer runs
 * only while money or a page waits (G54).
 */
import browser from 'webextension-polyfill'

const EVERY_MS = 20_000

export function createKeepAlive(): () => () => void {
  let holders = 0
  let timer: ReturnType<typeof setInterval> | undefined
  return () => {
    if (holders++ === 0) timer = setInterval(() => void browser.runtime.getPlatformInfo(), EVERY_MS)
    let released = false
    return () => {
      if (released) return
      released = true
      if (--holders === 0) clearInterval(timer)
    }
  }
}
