/** Which sites get the stand-ins: what is registered is made to agree with what was chosen, because an update of the extension forgets it. */
import type { Outside } from './outside.ts'

export function registeringStandIns({ stores, registerStandIn }: Pick<Outside, 'stores' | 'registerStandIn'>): () => Promise<void> {
  return async () => registerStandIn((await stores.permissions.sites()).filter(({ standIn, blocked, origin }) => standIn !== undefined && !blocked && URL.canParse(origin)).map(({ origin }) => origin))
}
