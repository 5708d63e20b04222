import { Check, X } from 'lucide-preact'
import type { MintPreview } from '../../messaging/ui-contract.ts'
import { Facts } from './Facts.tsx'
import { abilitiesOf, feeInWords } from './mint-abilities.ts'
import './mint-facts.css'
import { unitName } from './Money.tsx'
import { plainText } from './page-text.ts'

/** What a mint says about itself: everything a person needs before trust, the rest on request. */
export function MintFacts({ preview, withName = true }: { preview: MintPreview; withName?: boolean }) {
  const motd = plainText(preview.motd, 300)
  const description = plainText(preview.description, 300)
  const contact = preview.contact
    .slice(0, 5)
    .map(({ method, address }) => `${plainText(method, 20)}: ${plainText(address, 120)}`)
    .join(', ')
  return (
    <div class="stack" data-testid="mint-preview">
      {motd !== '' && (
        <p class="notice warn" data-testid="mint-motd">
          <span class="notice-body">The mint says: “{motd}”</span>
        </p>
      )}
      <Facts
        rows={[
          withName ? ['Calls itself', plainText(preview.name, 80) || 'no name'] : null,
          description === '' ? null : ['Description', description],
          ['Units', preview.units.slice(0, 12).map(unitName).join(', ') || 'none'],
          ['Fee', feeInWords(preview.inputFeePpk, 'sat')],
          contact === '' ? null : ['Contact', contact],
          ['Software', plainText(preview.version, 60) || 'not said'],
        ]}
      />
      <ul class="abilities" aria-label="What it can do">
        {abilitiesOf(preview.nuts).map(({ nut, text, has }) => (
          <li key={nut} class={has ? '' : 'lacks'} data-nut={nut}>
            {has ? <Check size={15} class="good" /> : <X size={15} />}
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <Keysets keysets={preview.keysets} nuts={preview.nuts} />
    </div>
  )
}

const MOST_KEYSETS = 40

function Keysets({ keysets, nuts }: Pick<MintPreview, 'keysets' | 'nuts'>) {
  const shown = keysets.toSorted((a, b) => Number(b.active) - Number(a.active)).slice(0, MOST_KEYSETS)
  return (
    <details class="more" data-testid="mint-keysets">
      <summary>Keysets and protocol</summary>
      <p class="hint">
        NUTs it lists: {nuts.slice(0, 60).join(', ') || 'none'}. Notes of a retired keyset stay good and are exchanged for new ones in passing.
      </p>
      <ul class="rows keysets">
        {shown.map(({ id, unit, active, inputFeePpk }) => (
          <li key={id} class="line" data-testid="keyset-row" data-active={active}>
            <span class="mono grow keyset-id">{plainText(id, 70)}</span>
            <span class="muted small-text">
              {unitName(unit)}, fee {feeInWords(inputFeePpk, unitName(unit))}
            </span>
            <span class={`chip ${active ? 'good' : ''}`}>{active ? 'active' : 'retired'}</span>
          </li>
        ))}
      </ul>
      {keysets.length > shown.length && <p class="hint">And {keysets.length - shown.length} older ones.</p>}
    </details>
  )
}
