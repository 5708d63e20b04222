/** The safety room, by scenario. */
import type { BackupView, RestoreProgress, SyncView } from '../../../../src/domain/backup.ts'
import { RoutstrError } from '../../../../src/domain/errors.ts'
import { fromSat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { UiInput } from '../../../../src/messaging/ui-contract.ts'
import { NOW } from './fixtures.ts'

const mint = { state: 'done', keysets: 3, keysetsDone: 3, found: [], pending: [], unproven: 0, problem: null, nextTryAt: 0 } as const

function restore(state: RestoreProgress['state']): RestoreProgress {
  return {
    state,
    from: 'words',
    foreign: false,
    startedAt: NOW - 60_000,
    finishedAt: state === 'running' ? null : NOW,
    mints: [
      {
        ...mint,
        url: 'https://mint.coinos.io',
        found: [
          { unit: 'sat', amount: 21_400 },
          { unit: 'usd', amount: 350 },
        ],
      },
      { ...mint, url: 'https://mint.example.com', pending: [{ unit: 'sat', amount: 64 }], unproven: 2 },
      state === 'running'
        ? { ...mint, url: 'https://slow.example.com', state: 'asking', keysetsDone: 1 }
        : {
            ...mint,
            url: 'https://away.example.com',
            state: state === 'done' ? 'done' : 'failed',
            problem: state === 'done' ? null : 'the mint could not be reached',
          },
    ],
  }
}

function syncView(scenario: string): SyncView {
  const off: SyncView = { on: false, npub: null, relays: [], lastSyncAt: null, unsent: 0, problem: null, elsewhere: [], elsewhereMsat: ZERO_MSAT }
  if (scenario !== 'full' && scenario !== 'sync-trouble') return off
  const isFine = scenario === 'full'
  return {
    on: true,
    npub: 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg',
    relays: [
      { url: 'wss://relay.routstr.com', state: isFine ? 'connected' : 'failed' },
      { url: 'wss://nos.lol', state: isFine ? 'idle' : 'failed' },
    ],
    lastSyncAt: NOW - 90_000,
    unsent: isFine ? 0 : 3,
    problem: isFine ? null : 'No relay answers at the moment. Your money is where it was; it is tried again by itself.',
    elsewhere: [
      { mint: 'https://mint.coinos.io', unit: 'sat', amount: 1200, trusted: true },
      { mint: 'https://mint.coinos.io', unit: 'usd', amount: 350, trusted: true },
      { mint: 'https://mint.example.com', unit: 'sat', amount: 64, trusted: false },
    ],
    elsewhereMsat: fromSat(1264),
  }
}

export function backupAnswers(scenario: string) {
  const progress = { restoring: restore('running'), 'restore-failed': restore('failed'), restored: restore('done') }[scenario] ?? null
  const view: BackupView = {
    seedConfirmedAt: scenario === 'full' ? NOW : null,
    remind: scenario !== 'full' && scenario !== 'empty',
    restore: progress,
    fileAt: scenario === 'full' ? NOW : null,
    mintList: { on: scenario === 'full', publishedAt: scenario === 'full' ? NOW : null, problem: null },
    sync: syncView(scenario),
  }
  const nothing = (): null => null
  return {
    'backup.get': () => view,
    'seed.quiz': () => ({ positions: [3, 7, 11] }),
    'seed.confirm': (): null => {
      throw new RoutstrError('wrong_words', 'Word 7 is not right. Look at your paper and try again.')
    },
    'restore.start': nothing,
    'restore.continue': nothing,
    'restore.cancel': nothing,
    'restore.findMints': () => ['https://mint.coinos.io'],
    'backup.export': () => ({ fileName: 'routstr-backup.json', text: '{}' }),
    'backup.import': (_: UiInput<'backup.import'>) => ({ madeAt: NOW, mints: 2, notes: 41, addedMsat: ZERO_MSAT, sameSeed: true }),
    'mintList.set': nothing,
    'sync.get': () => view.sync,
    'sync.enable': (): null => {
      throw new RoutstrError(
        'invalid_request_error',
        'This is not a secret key of another browser. It starts with nsec1 and has 63 letters and digits. Nothing was changed.',
      )
    },
    'sync.disable': nothing,
    'sync.now': nothing,
    'sync.reveal': () => ({ nsec: 'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5' }),
    'sync.bringHere': () => ({ broughtMsat: fromSat(1200) }),
  }
}
