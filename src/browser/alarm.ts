/** Brings a dead worker back while anything is unfinished. 30 s is the least the browsers allow. */
import browser from 'webextension-polyfill'

const NAME = 'unfinished'

export function createAlarm(onWake: () => void): (on: boolean) => void {
  let armed: boolean | null = null
  browser.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === NAME) onWake()
  })
  return (on) => {
    if (armed === on) return
    armed = on
    if (on) void browser.alarms.create(NAME, { periodInMinutes: 0.5 })
    else void browser.alarms.clear(NAME)
  }
}
