/**
 * One clock for everybody: the app, the mints, the providers. Time is moved forward instead of waited for, and because it
 * passes for all of them, nobody sees an invoice lapse that is still good for another.
 */
const realNow = Date.now
let skewMs = 0

export function installClock(): void {
  Date.now = () => realNow() + skewMs
}

export function later(ms: number): void {
  skewMs += ms
}
