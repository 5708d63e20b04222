/** Brings a dead worker back: often while anything is unfinished, now and then to read relays and prices again. */
import browser from 'webextension-polyfill'

const UNFINISHED = 'unfinished'
/** 30 s is the least the browsers allow. */
const UNFINISHED_MINUTES = 0.5
const MARKET = 'market'
const MARKET_MINUTES = 15

export function createAlarm(onWake: () => void): (on: boolean) => void {
  let armed: boolean | null = null
  browser.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === UNFINISHED || alarm.name === MARKET) onWake()
  })
  void keepMarketAlarm()
  return (on) => {
    if (armed === on) return
    armed = on
    if (on) void browser.alarms.create(UNFINISHED, { periodInMinutes: UNFINISHED_MINUTES })
    else void browser.alarms.clear(UNFINISHED)
  }
}

/** Made once: making it again with every start of the worker would put it off for ever. */
async function keepMarketAlarm(): Promise<void> {
  if ((await browser.alarms.get(MARKET)) === undefined) await browser.alarms.create(MARKET, { periodInMinutes: MARKET_MINUTES })
}
