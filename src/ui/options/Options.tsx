import { useEffect, useRef } from 'preact/hooks'
import './options.css'
import { hash, roomOf } from '../parts/hash.ts'
import { Mark } from '../parts/Mark.tsx'
import { OfflineNote } from '../parts/Problem.tsx'
import { Activity } from './activity/Activity.tsx'
import { Developer } from './developer/Developer.tsx'
import { Providers } from './providers/Providers.tsx'
import { ROOMS, type RoomName, roomNamed } from './rooms.ts'
import { SettingsRoom } from './settings/SettingsRoom.tsx'
import { Sites } from './sites/Sites.tsx'
import { Tokens } from './tokens/Tokens.tsx'

export function Options() {
  const room = roomNamed(roomOf(hash.value).name)
  const title = ROOMS.find(({ name }) => name === room)?.title ?? ''
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
        <RoomContent room={room} />
      </main>
    </div>
  )
}

function RoomContent({ room }: { room: RoomName }) {
  switch (room) {
    case 'tokens':
      return <Tokens />
    case 'sites':
      return <Sites />
    case 'providers':
      return <Providers />
    case 'activity':
      return <Activity />
    case 'settings':
      return <SettingsRoom />
    case 'developer':
      return <Developer />
    default:
      return room satisfies never
  }
}
