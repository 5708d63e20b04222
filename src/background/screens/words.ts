/** What the user says of providers to everybody, each time after a look at it. */
import { RoutstrError } from '../../domain/errors.ts'
import type { WordOutputs } from '../../messaging/routes/words.ts'
import { npubOf } from '../../protocol/announcement.ts'
import { parseBunkerUri } from '../../trust/bunker-uri.ts'
import type { Subject } from '../../trust/word-events.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function wordScreens({ publishing, judging, registry, settings }: ScreenWorld, { atWork, done }: ScreenTools): Pick<UiHandlers, keyof WordOutputs> {
  function subjectOf(providerId: string): Subject {
    const spoken = registry.spokenOf(providerId)
    if (spoken === null)
      throw new RoutstrError('not_found', 'Only a provider that is announced on Nostr can be spoken about: a word names its announcement.')
    return { providerId: spoken, urls: registry.record(spoken)?.urls ?? [] }
  }

  return {
    'words.list': async () => {
      const signer = await publishing.signer()
      const words = await publishing.words()
      return {
        words,
        names: Object.fromEntries(words.map(({ providerId }) => [providerId, registry.record(providerId)?.provider.name ?? providerId])),
        signer: signer === null ? null : { npub: npubOf(signer.user), relays: signer.relays, connectedAt: signer.connectedAt },
        waitingAt: publishing.waitingAt(),
      }
    },
    'words.preview': async ({ providerId, audit, ...wish }) => {
      const subject = subjectOf(providerId)
      const measured = audit ? await judging.told({ id: providerId, url: registry.record(providerId)?.provider.url ?? '' }) : null
      if (audit && measured === null) throw new RoutstrError('not_found', 'This browser has measured nothing of it yet: no request has gone there.')
      return publishing.draft({ ...wish, subject, audit: measured })
    },
    'words.previewWithdrawal': ({ providerId, pubkey }) => publishing.draftWithdrawal(providerId, pubkey),
    'words.publish': ({ draftId }) => atWork(() => publishing.publish(draftId)),
    'words.sendAgain': ({ providerId, pubkey }) => atWork(() => publishing.sendAgain(providerId, pubkey)),
    'signer.connect': ({ uri }) => done(atWork(() => publishing.connect(parseBunkerUri(uri, { allowLoopback: settings.current().developer })))),
    'signer.disconnect': () => done(publishing.disconnect()),
  }
}
