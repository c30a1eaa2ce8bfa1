import { CODES } from '../src/diagnosis-table.ts'
import { factsOf, type Actor, type Severity } from '../src/diagnosis-facts.ts'
import { problem, PROBLEMS, type ErrorCode } from '../src/index.ts'

const ACTORS: Readonly<Record<Actor, string>> = {
  administrator: "the tenant's administrator",
  account: 'whoever signs in with the account',
  operator: 'whoever runs Consentry',
  caller: 'whoever asked',
  nobody: 'nobody',
}
const SEVERITIES: Readonly<Record<Severity, string>> = {
  stops: 'stops it until then',
  limits: 'part of it is missing, or it concerns the deployment; nobody has to sign in',
  passes: 'goes by itself',
  input: 'nothing stops; something was asked that cannot be',
}
const BEGIN = '<!-- generated from the diagnosis table: pnpm --filter @consentry/core generate -->'
const END = '<!-- end of what is generated -->'

/** The page with its generated part made anew; what people wrote around it stays. */
export function renderPage(page: string): string {
  const [before = ''] = page.split(BEGIN)
  const after = page.split(END)[1] ?? '\n'
  const codes = Object.keys(PROBLEMS) as ErrorCode[] // keys of the catalogue
  const entries = codes.filter((it) => it !== 'ok').map(renderEntry)
  return `${before}${BEGIN}\n\n${entries.join('\n\n')}\n\n${END}${after}`
}

function renderEntry(code: ErrorCode): string {
  const { actor, severity, microsoft } = factsOf(code)
  const { title, detail } = problem(code)
  const numbers = microsoft.map((it) => `[${it.code}](${it.link})`).join(', ')
  return [
    `### \`${code}\``,
    '',
    `**${title}.** ${detail}`,
    '',
    `- Who acts: ${ACTORS[actor]}`,
    `- Severity: ${SEVERITIES[severity]}`,
    ...(numbers ? [`- Microsoft: ${numbers}`] : []),
    ...verdictsOf(code),
  ].join('\n')
}

function verdictsOf(code: ErrorCode): string[] {
  const verdicts = new Set([...CODES.values()].filter((it) => it.code === code).map((it) => it.verdict))
  return verdicts.size > 0 ? [`- Believed: ${[...verdicts].join(', ')}`] : []
}

/** The module that tells the console, of each code, who acts, how grave it is, and which of Microsoft's numbers it has. */
export function renderConsoleTable(): string {
  const codes = Object.keys(PROBLEMS) as ErrorCode[] // keys of the catalogue
  const rows = codes.filter((it) => it !== 'ok').map(renderFacts)
  const union = (names: object) => Object.keys(names).map(quoted).join(' | ')
  return [
    '/** Generated from the diagnosis table: pnpm --filter @consentry/core generate. */',
    'export type CodeFacts = {',
    `  readonly actor: ${union(ACTORS)}`,
    `  readonly severity: ${union(SEVERITIES)}`,
    "  /** Microsoft's numbers, each with the page that explains it. */",
    '  readonly microsoft: readonly (readonly [code: string, page: string])[]',
    '}',
    '',
    'export const FACTS = {',
    ...rows,
    '} as const satisfies Readonly<Record<string, CodeFacts>>',
    '',
  ].join('\n')
}

function renderFacts(code: ErrorCode): string {
  const { actor, severity, microsoft } = factsOf(code)
  const pairs = microsoft.map((it) => `[${quoted(it.code)}, ${quoted(it.link)}]`).join(', ')
  return `  ${code}: { actor: ${quoted(actor)}, severity: ${quoted(severity)}, microsoft: [${pairs}] },`
}

function quoted(text: string): string {
  return `'${text}'`
}
