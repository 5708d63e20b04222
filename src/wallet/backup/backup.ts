/** Everything that survives the loss of this browser, as screens ask for it: the words, restoring, the file, the mint list. */
import type { BackupView, ImportedFile } from '../../domain/backup.ts'
import { inBackground } from '../../domain/in-background.ts'
import { msat } from '../../domain/msat.ts'
import type { Settings } from '../../domain/settings.ts'
import type { Connections } from '../connections.ts'
import { loadSeedWords } from '../seed.ts'
import type { WalletStore } from '../store.ts'
import { openBackup, sealBackup } from './file.ts'
import { createMintList, type MintList } from './mint-list.ts'
import { createSeedQuiz, type SeedQuiz } from './quiz.ts'
import { createRelayAccess } from './relay.ts'
import { createRestoring, type Restoring } from './restore-job.ts'
import type { BackupStore } from './store.ts'

export interface Backup {
  /** Everything but what `sync` says. */
  view(): Promise<Omit<BackupView, 'sync'>>
  readonly quiz: SeedQuiz
  readonly restoring: Restoring
  readonly mintList: MintList
  exportFile(passphrase: string): Promise<{ readonly fileName: string; readonly text: string }>
  /** @throws RoutstrError `wrong_passphrase`, `invalid_backup`, `invalid_request_error` while a restore runs */
  importFile(text: string, passphrase: string): Promise<ImportedFile>
}

export interface BackupWorld {
  readonly store: BackupStore
  readonly wallet: WalletStore
  readonly connections: Connections
  readonly settings: { current(): Settings; change(changes: Partial<Settings>): Promise<void> }
  readonly webSocket: (url: string) => WebSocket
  readonly checkAddress: (url: string) => string
  readonly now: () => number
  readonly random: () => number
  readonly randomId: () => string
  readonly busy: () => () => void
  readonly redeem: () => Promise<void>
  readonly onChange: () => void
}

export function createBackup(world: BackupWorld): Backup {
  const { store, wallet, settings, now } = world
  const words = async (): Promise<string[]> => (await loadSeedWords(wallet)).split(' ')
  const quiz = createSeedQuiz({ words, now, random: world.random })
  const restoring = createRestoring(world)
  const mintList = createMintList({
    ...world,
    seed: world.connections.seed,
    relays: () => settings.current().relays,
    access: createRelayAccess(world.webSocket),
    isSafe: (mint) => isSafe(world.checkAddress, mint),
  })

  return {
    async view() {
      const { seedConfirmedAt, fileAt } = await store.facts()
      const remind = seedConfirmedAt === null && (await wallet.notes(null, ['ready', 'swapping'])).length > 0
      return { seedConfirmedAt, fileAt, remind, restore: await restoring.progress(), mintList: await mintList.view() }
    },
    quiz: {
      ask: quiz.ask,
      async check(answers) {
        await quiz.check(answers)
        await store.saveFacts({ seedConfirmedAt: now() })
      },
    },
    restoring,
    mintList,

    async exportFile(passphrase) {
      await words()
      const madeAt = now()
      const text = await sealBackup({ ...(await store.contents()), madeAt, settings: settings.current() }, passphrase)
      await store.saveFacts({ fileAt: madeAt })
      return { fileName: `routstr-backup-${new Date(madeAt).toISOString().slice(0, 10)}.json`, text }
    },
    async importFile(text, passphrase) {
      const contents = await openBackup(text, passphrase)
      const { job, adopted } = await restoring.startFromFile(contents)
      // limits and relays of the old browser: only where nobody has set others
      if (adopted) await settings.change(definedOnly(contents.settings)).catch(() => undefined)
      inBackground(restoring.resume())
      return {
        madeAt: contents.madeAt,
        mints: job.mints.length,
        notes: contents.notes.filter(({ state }) => state !== 'sent').length,
        addedMsat: msat(job.addedMsat),
        sameSeed: !job.foreign,
      }
    },
  }
}

function isSafe(checkAddress: (url: string) => string, mint: string): boolean {
  try {
    return checkAddress(mint) === mint
  } catch {
    return false
  }
}

function definedOnly(settings: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
