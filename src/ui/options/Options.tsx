import { useEffect, useRef } from 'preact/hooks'
import './options.css'
import { LockedScreen } from '../lock/LockedScreen.tsx'
import { FakeSatsBanner, useWalletInUse } from '../parts/FakeSats.tsx'
import { hash, roomOf } from '../parts/hash.ts'
import { useLive } from '../parts/live.ts'
import { Mark } from '../parts/Mark.tsx'
import { OfflineNote } from '../parts/Problem.tsx'
import { Activity } from './activity/Activity.tsx'
import { Developer } from './developer/Developer.tsx'
import { History } from './history/History.tsx'
import { Providers } from './providers/Providers.tsx'
import { ROOMS, type RoomName, roomNamed } from './rooms.ts'
import { SafetyRoom } from './safety/SafetyRoom.tsx'
import { SettingsRoom } from './settings/SettingsRoom.tsx'
import { Sites } from './sites/Sites.tsx'
import { Tokens } from './tokens/Tokens.tsx'

/** Rooms without money of their own. */
const OPEN_WHILE_LOCKED: ReadonlySet<RoomName> = new Set(['sites', 'activity', 'settings'])

export function Options() {
  const room = roomNamed(roomOf(hash.value).name.split('/')[0] ?? '')
  const title = ROOMS.find(({ name }) => name === room)?.title ?? ''
  const locked = useLive('lock.get', {}).value?.locked === true
  const wallet = useWalletInUse()
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  useEffect(() => {
    document.title = `${title} · Routstr`
    // a new room is a new page: say its name, start at its top
    if (!first.current) heading.current?.focus({ preventScroll: true })
    first.current = false
    scrollTo(0, 0)
  }, [room])
  return (
    <>
    <FakeSatsBanner />
    <div class="options">
      <nav class="nav" aria-label="Rooms">
        <p class="nav-brand">
          <Mark size={30} />
          <span>Routstr</span>
        </p>
        <ul>
          {ROOMS.map(({ name, title: label, icon: Icon }) => (
            <li key={name}>
              <a href={`#/${name}`} class="nav-link" aria-current={name === room ? 'page' : undefined} data-testid={`nav-${name}`}>
                <Icon size={18} />
                <span>{label}</span>
                {name === 'safety' && <Reminder />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main class="room" data-testid={`room-${room}`}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <OfflineNote />
        {locked && !OPEN_WHILE_LOCKED.has(room) ? <LockedScreen /> : <RoomContent key={wallet} room={room} />}
      </main>
    </div>
    </>
  )
}

/** There is money, and nobody has proven to have the words. */
function Reminder() {
  const { value: backup } = useLive('backup.get', {})
  if (backup?.remind !== true) return null
  return <span class="nav-dot" role="img" aria-label="the twelve words are not checked yet" data-testid="safety-dot" />
}

function RoomContent({ room }: { room: RoomName }) {
  switch (room) {
    case 'tokens':
      return <Tokens />
    case 'history':
      return <History />
    case 'sites':
      return <Sites />
    case 'providers':
      return <Providers />
    case 'activity':
      return <Activity />
    case 'safety':
      return <SafetyRoom />
    case 'settings':
      return <SettingsRoom />
    case 'developer':
      return <Developer />
    default:
      return room satisfies never
  }
}
