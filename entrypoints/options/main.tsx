import { connectUi, openOptions } from '../../src/browser/ui-port.ts'
import { siteAccess } from '../../src/browser/site-access.ts'
import { createUiClient } from '../../src/messaging/ui-client.ts'
import { Options } from '../../src/ui/options/Options.tsx'
import { mount } from '../../src/ui/parts/mount.tsx'

const screen = document.getElementById('screen')
if (screen !== null) {
  mount(<Options />, { client: createUiClient(connectUi), openOptions: (room) => void openOptions(room), siteAccess }, screen)
}
