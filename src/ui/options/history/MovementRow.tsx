import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, type LucideIcon } from 'lucide-preact'
import { type Movement, wayOf } from '../../../domain/movement.ts'
import { Money, moneyPhrase } from '../../parts/Money.tsx'
import { plainText } from '../../parts/page-text.ts'
import { clockText, momentText } from '../../parts/times.ts'
import { historyWords, stateOf, titleOf } from './words.ts'

const ICONS: Readonly<Record<Movement['direction'], LucideIcon>> = { in: ArrowDownLeft, out: ArrowUpRight, none: ArrowLeftRight }
const SIGNS: Readonly<Record<Movement['direction'], string>> = { in: '+', out: '\u2212', none: '' }

/** What happened, with whom, and what it did to the wallet. */
export function MovementRow({ movement }: { movement: Movement }) {
  const { direction, state, amount, unit, fee, at, mint, counterparty, problem } = movement
  const Icon = ICONS[wayOf(movement)]
  const chip = stateOf(movement)
  const who = plainText(counterparty ?? '', 120)
  const parts = (movement.kind === 'moved' ? [`${hostOf(mint)} → ${hostOf(who)}`] : [who, hostOf(mint)]).filter((part) => part !== '')
  return (
    <li class="line movement" data-testid="movement" data-kind={movement.kind} data-state={state} data-direction={direction}>
      <Icon size={18} class={direction === 'in' ? 'good' : 'muted'} />
      <div class="grow">
        <p class="name">
          {titleOf(movement)} {chip !== null && <span class={`chip ${chip.sign}`}>{chip.text}</span>}
        </p>
        <p class="address">
          <time dateTime={new Date(at).toISOString()} title={momentText(at)}>
            {clockText(at)}
          </time>
          {parts.map((part) => (
            <bdi key={part}> · {part}</bdi>
          ))}
        </p>
        {problem !== null && <p class={state === 'failed' ? 'field-error' : 'hint'}>{plainText(problem, 300)}</p>}
      </div>
      <div class="movement-money">
        <p class={`name ${direction === 'in' ? 'good' : ''} ${direction === 'none' ? 'muted' : ''}`}>
          {SIGNS[direction]}
          <Money amount={amount} unit={unit} testId="movement-amount" />
        </p>
        {fee > 0 && (
          <p class="muted small-text">
            {historyWords.fee} {moneyPhrase(fee, unit)}
          </p>
        )}
      </div>
    </li>
  )
}

function hostOf(mint: string): string {
  return plainText(mint.replace(/^https?:\/\//, ''), 60)
}
