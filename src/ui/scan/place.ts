/**
 * The toolbar popup closes as soon as something else gets the focus, and the browser's question for the camera is such a thing: from there the
 * options page does the scanning (`#/tokens?scan`). The approval window and the options page stay open by themselves.
 */
export function closesOnQuestions(): boolean {
  return document.documentElement.classList.contains('as-popup')
}

/** The room of the options page that begins with scanning. */
export const SCAN_ROOM = '#/tokens?scan'
