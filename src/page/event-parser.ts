/**
 * Server-sent events from pieces of text that are cut anywhere (WHATWG HTML §9.2.6; lines end in LF or CRLF, nobody sends bare CR).
 * Our own thirty lines instead of eventsource-parser: that one uses the page's `Array` and `String` methods while it runs (T8).
 */
import { string } from './builtins.ts'

/** @returns takes the next piece of text; calls `onEvent` for each event that it completes */
export function createEventParser(onEvent: (data: string, event: string) => void): (text: string) => void {
  let rest = ''
  let event = ''
  let data: string | null = null

  function line(text: string): void {
    const colon = string.indexOf(text, ':')
    const field = colon < 0 ? text : string.slice(text, 0, colon)
    const value = colon < 0 ? '' : string.slice(text, colon + (text[colon + 1] === ' ' ? 2 : 1))
    if (field === 'data') data = data === null ? value : `${data}\n${value}`
    else if (field === 'event') event = value
    if (text) return
    if (data !== null) onEvent(data, event)
    event = ''
    data = null
  }

  return (text) => {
    let from = rest.length
    let start = 0
    rest += text
    for (let end = string.indexOf(rest, '\n', from); end >= 0; end = string.indexOf(rest, '\n', from)) {
      line(string.slice(rest, start, rest[end - 1] === '\r' && end > start ? end - 1 : end))
      start = from = end + 1
    }
    rest = string.slice(rest, start)
  }
}
