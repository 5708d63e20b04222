/** The mint under test is a parameter: the same scenarios run against the real Nutshell and against our development mint. */
import { inject } from 'vitest'
import { createMint } from '../devnet/mint/mint.ts'
import { startNutshell } from './nutshell.ts'

export interface MintUnderTest {
  /** Where the mint itself listens; wallets of a test reach it through the proxy. */
  readonly url: string
  /** A new active sat keyset with this fee; the one before it becomes inactive. */
  rotate(feePpk?: number): Promise<void>
  stop(): Promise<void>
}

export interface MintKind {
  readonly name: string
  /** Null on a machine where it cannot be had: its tests are skipped, and counted. */
  readonly start: (() => Promise<MintUnderTest>) | null
}

/** Units that both issue notes in. */
export const UNITS = ['sat', 'msat', 'usd'] as const
/** What both take for each input note, ppk. */
export const FEE_PPK = 100

const nutshellFolder = inject('nutshell')

export const MINTS: readonly MintKind[] = [
  {
    name: 'Nutshell',
    start:
      nutshellFolder === null
        ? null
        : async () => {
            const mint = await startNutshell(nutshellFolder)
            return { url: mint.url, rotate: (feePpk = FEE_PPK) => mint.rotate('sat', feePpk), stop: mint.stop }
          },
  },
  {
    name: 'development mint',
    start: async () => {
      const mint = await createMint({ inputFeePpk: FEE_PPK, units: UNITS })
      return { url: mint.url, rotate: async (feePpk = FEE_PPK) => void mint.rotate({ feePpk }), stop: mint.stop }
    },
  },
]
