import { useId } from 'preact/hooks'
import type { MintBalance } from '../../domain/wallet.ts'
import { amountPhrase } from '../parts/amounts.ts'
import { plainText } from '../parts/page-text.ts'

/** Lightning speaks sat: what a mint holds for us in sat, whole. */
export function satAt(mint: MintBalance): number {
  return mint.accounts.find(({ unit }) => unit === 'sat')?.ready ?? 0
}

export function mintName(mints: readonly MintBalance[], url: string): string {
  return plainText(mints.find(({ mint }) => mint.url === url)?.mint.name ?? '', 40) || plainText(url.replace(/^https?:\/\//, ''), 60)
}

/** A mint, with what it holds. */
export function MintChoice({
  label,
  mints,
  value,
  onChange,
  testId,
}: {
  label: string
  mints: readonly MintBalance[]
  value: string
  onChange: (url: string) => void
  testId: string
}) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} data-testid={testId} onChange={(event) => onChange(event.currentTarget.value)}>
        {mints.map((mint) => (
          <option key={mint.mint.url} value={mint.mint.url}>
            {mintName(mints, mint.mint.url)}: {amountPhrase(mint.readyMsat, 'whole')}
          </option>
        ))}
      </select>
    </div>
  )
}
