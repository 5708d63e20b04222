import { activeSite, connectUi, openOptions } from '../../src/browser/ui-port.ts'
import { siteAccess } from '../../src/browser/site-access.ts'
import { createUiClient } from '../../src/messaging/ui-client.ts'
import { mount } from '../../src/ui/parts/mount.tsx'
import { PopupRoot } from '../../src/ui/popup/PopupRoot.tsx'

const screen = document.getElementById('screen')
if (screen !== null) {
  mount(<PopupRoot activeSite={activeSite} />, { client: createUiClient(connectUi), openOptions: (room) => void openOptions(room), siteAccess }, screen)
}
