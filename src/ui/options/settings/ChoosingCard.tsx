import { ASPECTS, type Choosing } from '../../../domain/choosing.ts'
import { ProfileSelect } from '../../choosing/ProfileSelect.tsx'
import { aspectWords, choosingWords, profileHints } from '../../choosing/strings.ts'
import { Button } from '../../parts/Button.tsx'
import { plainText } from '../../parts/page-text.ts'
import './choosing.css'
import { npubOrNothing, numberOrNothing } from './choosing-values.ts'
import { Setting } from '../../parts/Setting.tsx'

interface Props {
  readonly choosing: Choosing
  readonly busy: boolean
  readonly onSave: (choosing: Choosing) => Promise<boolean>
  readonly npub: string | null
  readonly onSaveNpub: (npub: string | null) => Promise<boolean>
}

/** Whom to ask, for all sites that have no profile of their own. */
export function ChoosingCard({ choosing, busy, onSave, npub, onSaveNpub }: Props) {
  const save = (change: Partial<Choosing>): Promise<boolean> => onSave({ ...choosing, ...change })
  return (
    <section class="card setting" data-testid="choosing">
      <div class="spread">
        <h2>{choosingWords.title}</h2>
        <ProfileSelect
          label={choosingWords.counts}
          value={choosing.profile}
          disabled={busy}
          testId="profile"
          onChange={(profile) => profile !== null && void save({ profile })}
        />
      </div>
      <p class="lead">{choosingWords.lead}</p>
      <p class="hint">{profileHints[choosing.profile]}</p>
      {choosing.profile === 'own' && <Weights choosing={choosing} busy={busy} onSave={save} />}
      {choosing.pin !== null && (
        <p class="notice spread">
          <span>
            {choosingWords.pinned}: <span class="mono">{plainText(choosing.pin, 80)}</span>
          </span>
          <Button small busy={busy} onPress={() => void save({ pin: null })} testId="unpin">
            {choosingWords.unpin}
          </Button>
        </p>
      )}
      <h3>{choosingWords.bounds}</h3>
      <Setting
        label={choosingWords.maxPrice}
        unit={choosingWords.maxPriceUnit}
        value={choosing.maxPriceSat === null ? '' : String(choosing.maxPriceSat)}
        read={(text) => numberOrNothing(text, 0, 1e12)}
        wrong={choosingWords.maxPriceError}
        onSave={(maxPriceSat) => save({ maxPriceSat })}
        testId="max-price"
      />
      <Setting
        label={choosingWords.minTrust}
        unit={choosingWords.minTrustUnit}
        value={String(choosing.minTrust)}
        read={(text) => numberOrNothing(text, 0, 100)}
        wrong={choosingWords.minTrustError}
        onSave={(minTrust) => save({ minTrust: Math.round(minTrust ?? 0) })}
        testId="min-trust"
      />
      <Setting
        label={choosingWords.hops}
        unit={choosingWords.hopsUnit}
        value={choosing.maxHops === null ? '' : String(choosing.maxHops)}
        read={(text) => numberOrNothing(text, 0, 6)}
        wrong={choosingWords.hopsError}
        onSave={(maxHops) => save({ maxHops: maxHops === null ? null : Math.round(maxHops) })}
        testId="max-hops"
      />
      <h3>{choosingWords.npub}</h3>
      <p class="hint">{choosingWords.npubHint}</p>
      <Setting
        label={choosingWords.npub}
        unit={choosingWords.npubUnit}
        value={npub ?? ''}
        read={npubOrNothing}
        wrong={choosingWords.npubError}
        onSave={onSaveNpub}
        testId="npub"
      />
    </section>
  )
}

function Weights({ choosing, busy, onSave }: { choosing: Choosing; busy: boolean; onSave: (change: Partial<Choosing>) => Promise<boolean> }) {
  return (
    <div class="weights" role="group" aria-label={choosingWords.counts}>
      {ASPECTS.map((aspect) => (
        <label key={aspect} class="weight">
          <span>{aspectWords[aspect]}</span>
          <input
            type="range"
            min={0}
            max={10}
            step={1}
            value={choosing.weights[aspect]}
            disabled={busy}
            data-testid={`weight-${aspect}`}
            onChange={(event) => void onSave({ weights: { ...choosing.weights, [aspect]: Number(event.currentTarget.value) } })}
          />
          <output>{choosing.weights[aspect]}</output>
        </label>
      ))}
    </div>
  )
}
