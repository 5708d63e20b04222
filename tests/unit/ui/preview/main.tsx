/** Every screen without the extension: `?screen=popup|options&scenario=…#/room`. How to serve it: vite.config.ts. */
import { Options } from '../../../../src/ui/options/Options.tsx'
import { mount } from '../../../../src/ui/parts/mount.tsx'
import { PopupRoot } from '../../../../src/ui/popup/PopupRoot.tsx'
import { fakeClient } from './fake-client.ts'

const query = new URLSearchParams(location.search)
const scenario = query.get('scenario') ?? 'full'
const screen = document.getElementById('screen')
const site = scenario === 'no-site' ? null : 'https://chat.example.com'
// the preview shows the ending, it does not close its tab
window.close = () => {}
const everywhere = scenario !== 'enabled-only'
const siteAccess = {
  read: async () => ({ everywhere, sites: everywhere ? [] : ['https://chat.example.com/*'] }),
  isEnabled: async () => everywhere,
  enable: async () => true,
  onChange: () => () => undefined,
  openSwitch: async () => undefined,
}
if (screen !== null) {
  const surroundings = { client: fakeClient(scenario), openOptions: (room = '') => location.assign(`?screen=options${room}`), siteAccess }
  mount(query.get('screen') === 'options' ? <Options /> : <PopupRoot activeSite={async () => site} />, surroundings, screen)
}
