import { ArrowDownLeft, ArrowLeftRight, ArrowUpFromLine, ArrowUpRight, Zap } from 'lucide-preact'
import type { MintBalance } from '../../../domain/wallet.ts'
import type { UiOutput } from '../../../messaging/ui-contract.ts'
import { Move } from '../../lightning/Move.tsx'
import { moveWords, topUpWords, withdrawWords } from '../../lightning/strings.ts'
import { TopUp } from '../../lightning/TopUp.tsx'
import { Withdraw } from '../../lightning/Withdraw.tsx'
import { hash, roomOf } from '../../parts/hash.ts'
import { type Tab, Tabs } from '../../parts/Tabs.tsx'
import { LockKey } from '../../receive/LockKey.tsx'
import { ReceiveForm } from '../../receive/ReceiveForm.tsx'
import { SendForm } from '../../send/SendForm.tsx'
import { tokenWords } from './strings.ts'

type Name = 'receive' | 'send' | 'top-up' | 'withdraw' | 'move'

const TABS: readonly Tab<Name>[] = [
  { name: 'receive', title: tokenWords.receive, icon: ArrowDownLeft },
  { name: 'send', title: tokenWords.send, icon: ArrowUpRight },
  { name: 'top-up', title: topUpWords.title, icon: Zap },
  { name: 'withdraw', title: withdrawWords.title, icon: ArrowUpFromLine },
  { name: 'move', title: moveWords.title, icon: ArrowLeftRight },
]

/** In and out, one thing at a time; which one stands in the address (`#/tokens?tab=top-up`), so that it outlives a reload. */
export function MoneyTabs({ mints, lightning }: { mints: readonly MintBalance[]; lightning: UiOutput<'lightning.get'> }) {
  const tabs = TABS.filter(({ name }) => name !== 'move' || mints.length > 1)
  const asked = roomOf(hash.value).query.get('tab')
  const chosen = tabs.find(({ name }) => name === asked)?.name ?? 'receive'
  return (
    <section class="card" aria-label={tokenWords.inAndOut}>
      <Tabs label={tokenWords.inAndOut} tabs={tabs} chosen={chosen} onChoose={(name) => location.replace(`#/tokens?tab=${name}`)}>
        <Content name={chosen} mints={mints} lightning={lightning} />
      </Tabs>
    </section>
  )
}

function Content({ name, mints, lightning }: { name: Name; mints: readonly MintBalance[]; lightning: UiOutput<'lightning.get'> }) {
  switch (name) {
    case 'receive':
      return (
        <>
          <ReceiveForm />
          <LockKey />
        </>
      )
    case 'send':
      return <SendForm mints={mints} />
    case 'top-up':
      return <TopUp mints={mints} lightning={lightning} />
    case 'withdraw':
      return <Withdraw mints={mints} lightning={lightning} />
    case 'move':
      return <Move mints={mints} lightning={lightning} />
    default:
      return name satisfies never
  }
}
