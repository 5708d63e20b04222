import type { ComponentChildren } from 'preact'
import { perMillion } from '../../parts/amounts.ts'
import { providerWords } from './strings.ts'

interface Props {
  readonly caption: string
  /** For whoever does not see it; the caption if not given. */
  readonly label?: string
  /** Columns before the two prices; `number` ones stand right. */
  readonly columns: readonly { readonly title: string; readonly number?: boolean }[]
  readonly children: ComponentChildren
}

/** A table that ends in the two prices; each row ends in `PriceCells`. */
export function PriceTable({ caption, label = caption, columns, children }: Props) {
  return (
    <div class="models" role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {[...columns, { title: 'Prompt', number: true }, { title: 'Completion', number: true }].map(({ title, number = false }) => (
              <th key={title} scope="col" class={number ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

/** @param price sats per token; null: none at the moment */
export function PriceCells({ price }: { price: { readonly promptSat: number; readonly completionSat: number } | null }) {
  if (price === null)
    return (
      <td class="number muted" colSpan={2}>
        {providerWords.noPrice}
      </td>
    )
  return (
    <>
      <td class="number">{perMillion(price.promptSat)}</td>
      <td class="number">{perMillion(price.completionSat)}</td>
    </>
  )
}
