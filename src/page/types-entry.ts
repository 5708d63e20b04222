/**
 * `routstr-provider.d.ts`: the types of `window.routstr` in one file, for page developers to copy. Made by the build from the very
 * sources the extension is checked with; it needs nothing but, if there is one, the `openai` package's own types.
 */
const HEAD = `// The types of window.routstr. Copy this file into your project; with the \`openai\` package installed answers have its types.
// Without it, set "skipLibCheck": true, and they are \`any\`.
`

/** Text of the two sources → text of the entry. @throws when a name that `api` takes from `contract` is not declared there */
export function typesEntry(api: string, contract: string): string {
  const taken = /import type \{([^}]*)\} from '\.\.\/messaging\/page-contract\.ts'\n/.exec(api)
  const names = (taken?.[1] ?? '').split(',').map((name) => name.trim())
  const declarations = names.filter((name) => name !== '').map((name) => declarationOf(name, contract))
  const own = api
    .replace(taken?.[0] ?? '', '')
    .replace(/import type \{ BASE_URL \} from .*\n/, '')
    .replace(/^export type \{[^}]*\}\n/m, '')
    .replaceAll('typeof BASE_URL', "'https://routstr.invalid/v1'")
    .replace(/^\/\*\*.*\*\/\n/, '')
  return `${HEAD}${own.trim()}\n\n${declarations.join('\n\n')}\n`
}

/** An exported interface or type with its comment. */
function declarationOf(name: string, source: string): string {
  const found = new RegExp(`(?:/\\*\\*[^/]*\\*/\\n)?export (?:interface ${name}(?: extends \\w+)? \\{[\\s\\S]*?\\n\\}|type ${name} = [^\\n]*)`).exec(source)
  if (found === null) throw new Error(`The page contract does not declare ${name}.`)
  return found[0]
}
