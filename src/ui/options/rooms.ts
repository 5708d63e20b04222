/** The rooms of the options page: name in the address, title, sign. */
import { Coins, Globe, History, Receipt, Server, ShieldCheck, SlidersHorizontal, Terminal, type LucideIcon } from 'lucide-preact'

export const ROOMS = [
  { name: 'tokens', title: 'Tokens', icon: Coins },
  { name: 'history', title: 'History', icon: History },
  { name: 'sites', title: 'Sites', icon: Globe },
  { name: 'providers', title: 'Providers', icon: Server },
  { name: 'activity', title: 'Activity', icon: Receipt },
  { name: 'safety', title: 'Safety', icon: ShieldCheck },
  { name: 'settings', title: 'Settings', icon: SlidersHorizontal },
  { name: 'developer', title: 'Developer', icon: Terminal },
] as const satisfies readonly { readonly name: string; readonly title: string; readonly icon: LucideIcon }[]

export type RoomName = (typeof ROOMS)[number]['name']

export function roomNamed(text: string): RoomName {
  return ROOMS.find(({ name }) => name === text)?.name ?? 'tokens'
}
