/** Tables as RFC 4180: a header, CRLF; text of strangers can not become a formula. Pure. */

/** Name of the column, and what stands in it; `foreign`: text of strangers. */
export type Column<Row> = readonly [name: string, value: (row: Row) => string | number, foreign?: 'foreign']

export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = rows.map((row) => columns.map(([, value, foreign]) => field(foreign ? harmless(String(value(row))) : String(value(row)))))
  return [columns.map(([name]) => name), ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}

/** Spreadsheets run a text that begins like a formula, also behind spaces; an apostrophe makes it text again. */
function harmless(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  return /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(shown) || /^[\t\r\n]/.test(text) ? `'${shown}` : shown
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
