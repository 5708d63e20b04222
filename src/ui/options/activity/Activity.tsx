import { CalendarClock, ChartColumn, Receipt as ReceiptIcon } from 'lucide-preact'
import { hash, roomOf } from '../../parts/hash.ts'
import { Tabs } from '../../parts/Tabs.tsx'
import './activity.css'
import { Receipts } from './Receipts.tsx'
import { Spending } from './Spending.tsx'
import { activityWords } from './strings.ts'
import { Waiting } from './Waiting.tsx'

type Tab = 'receipts' | 'spending' | 'waiting'
const TABS = [
  { name: 'receipts', title: activityWords.tabReceipts, icon: ReceiptIcon },
  { name: 'spending', title: activityWords.tabSpending, icon: ChartColumn },
  { name: 'waiting', title: activityWords.tabWaiting, icon: CalendarClock },
] as const

/** What was asked and paid: each request, the sums, and what still waits. Which one stands in the address. */
export function Activity() {
  const { query } = roomOf(hash.value)
  const chosen: Tab = TABS.find(({ name }) => name === query.get('tab'))?.name ?? 'receipts'
  return (
    <Tabs label={activityWords.tabs} tabs={TABS} chosen={chosen} onChoose={(tab) => location.replace(`#/activity?tab=${tab}`)}>
      <div class="stack tab-room">{chosen === 'receipts' ? <Receipts /> : chosen === 'spending' ? <Spending /> : <Waiting />}</div>
    </Tabs>
  )
}
