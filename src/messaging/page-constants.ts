/**
 * The constants of the page contract, apart from its schemas: the script that runs in every page needs the numbers, not valibot.
 */

/** Hidden, synchronous hand-over of the MessagePort between the two worlds (`extension-platform.md` §7). */
export const HANDOVER_EVENT = 'routstr#port'
export const HANDOVER_REQUEST = 'routstr#port?'
/** What a page says to the frames it delegates to, `<iframe allow="routstr">` (T7). */
export const DELEGATION = 'routstr#delegated'
/** Name of the runtime port between relay and background. */
export const PAGE_PORT = 'page'

export const BASE_URL = 'https://routstr.invalid/v1'
export const MAX_BODY_BYTES = 20 * 1024 * 1024
/** Characters of a request body in one frame at most; longer bodies come in several. */
export const BODY_FRAME_CHARACTERS = 128 * 1024
/** Bytes of a request body in one frame of the page: 64 kB of base64, and few enough to be arguments of one call. */
export const REQUEST_PIECE_BYTES = 48 * 1024
/** Bytes (UTF-16 units for text) the background may send before the page has asked for more. */
export const INITIAL_CREDIT = 64 * 1024
