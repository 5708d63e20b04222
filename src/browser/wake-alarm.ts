/** One alarm at one time, which brings a dead worker back: the wallet locks although nobody uses it. */
import browser from 'webextension-polyfill'

const NAME = 'lock'

/** @returns sets the alarm to a time, ms; null: none */
export function createWakeAlarm(onWake: () => void): (at: number | null) => void {
  browser.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === NAME) onWake()
  })
  return (at) => void (at === null ? browser.alarms.clear(NAME) : browser.alarms.create(NAME, { when: at }))
}
