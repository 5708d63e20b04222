/**
 * The one approval window. Its id lives in `storage.session`, so a restarted worker finds it again and does not open a
 * second one. The URL carries an opaque id only (G27).
 */
import browser from 'webextension-polyfill'

const KEY = 'approvalWindow'
const WIDTH = 400
const HEIGHT = 680

interface Shown {
  readonly windowId: number
  readonly approvalId: string
}

export function approvalWindow(onClosed: (approvalId: string) => void): { show: (approvalId: string | null) => Promise<void> } {
  let queue: Promise<void> = Promise.resolve()

  browser.windows.onRemoved.addListener(async (windowId) => {
    const shown = await read()
    if (shown?.windowId !== windowId) return
    await browser.storage.session.remove(KEY)
    onClosed(shown.approvalId)
  })

  async function show(approvalId: string | null): Promise<void> {
    const shown = await read()
    if (shown !== null && shown.approvalId === approvalId && (await exists(shown.windowId))) return
    if (shown !== null) {
      // forgotten first: closing it ourselves is not the user's no
      await browser.storage.session.remove(KEY)
      await browser.windows.remove(shown.windowId).catch(() => undefined)
    }
    if (approvalId === null) return
    const created = await browser.windows.create({
      type: 'popup',
      width: WIDTH,
      height: HEIGHT,
      ...(await centre()),
      url: browser.runtime.getURL(`popup.html#/approval?id=${approvalId}`),
    })
    if (created.id !== undefined) await browser.storage.session.set({ [KEY]: { windowId: created.id, approvalId } satisfies Shown })
  }

  return {
    show(approvalId) {
      queue = queue.then(() => show(approvalId)).catch(() => undefined)
      return queue
    },
  }
}

async function read(): Promise<Shown | null> {
  const value: unknown = (await browser.storage.session.get(KEY))[KEY]
  if (typeof value !== 'object' || value === null || !('windowId' in value) || !('approvalId' in value)) return null
  const { windowId, approvalId } = value
  return typeof windowId === 'number' && typeof approvalId === 'string' ? { windowId, approvalId } : null
}

function exists(windowId: number): Promise<boolean> {
  return browser.windows.get(windowId).then(
    () => true,
    () => false,
  )
}

/** On the monitor of the window the user is looking at (G38). */
async function centre(): Promise<{ left?: number; top?: number }> {
  const current = await browser.windows.getLastFocused().catch(() => null)
  if (current?.left === undefined || current.top === undefined || current.width === undefined || current.height === undefined) return {}
  return { left: Math.round(current.left + (current.width - WIDTH) / 2), top: Math.round(current.top + Math.max(0, (current.height - HEIGHT) / 3)) }
}
