/** Curve arithmetic in Node on a busy machine takes its time; none of these tests measures any. */
import { vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** for `expect.poll` */
export const soon = { timeout: 15_000, interval: 20 }
