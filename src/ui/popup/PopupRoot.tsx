import { useEffect } from 'preact/hooks'
import { Approval } from '../approval/Approval.tsx'
import { FakeSatsBanner, useWalletInUse } from '../parts/FakeSats.tsx'
import { hash, roomOf } from '../parts/hash.ts'
import { Popup } from './Popup.tsx'

/** popup.html is two screens: the toolbar popup, and the approval window (`#/approval?id=…`). */
export function PopupRoot({ activeSite }: { activeSite: () => Promise<string | null> }) {
  const room = roomOf(hash.value)
  const id = room.name === 'approval' ? room.query.get('id') : null
  useEffect(() => {
    document.documentElement.classList.toggle('as-popup', id === null)
    document.title = id === null ? 'Routstr' : 'Routstr: a site asks'
  }, [id])
  const wallet = useWalletInUse()
  return (
    <>
      <FakeSatsBanner />
      {id === null ? <Popup key={wallet} activeSite={activeSite} /> : <Approval key={id} id={id} ownWindow />}
    </>
  )
}
