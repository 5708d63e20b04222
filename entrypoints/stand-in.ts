import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script'
import { installStandIn } from '../src/page/stand-in/install.ts'

/** Registered for the sites on which the user has switched it on, and for no other (src/browser/stand-in-script.ts). */
export default defineUnlistedScript(() => installStandIn(window))
