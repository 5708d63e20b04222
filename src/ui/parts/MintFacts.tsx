import type { MintPreview } from '../../messaging/ui-contract.ts'
import { Facts } from './Facts.tsx'
import { plainText } from './page-text.ts'

/** What a mint says about itself. */
export function MintFacts({ preview }: { preview: MintPreview }) {
  const motd = plainText(preview.motd, 300)
  const description = plainText(preview.description, 300)
  return (
    <div class="stack" data-testid="mint-preview">
      <Facts
        rows={[
          ['Calls itself', plainText(preview.name, 80) || 'no name'],
          description === '' ? null : ['Description', description],
          motd === '' ? null : ['Message', motd],
          ['Units', preview.units.map((unit) => plainText(unit, 12)).join(', ') || 'none'],
          [
            'Input fee',
            preview.inputFeePpk === 0 ? 'none' : `${preview.inputFeePpk} ppk: about 1 sat per ${Math.max(1, Math.floor(1000 / preview.inputFeePpk))} notes`,
          ],
        ]}
      />
    </div>
  )
}
