const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** Browser and system as a person calls them; null for what names neither. Order matters: most pretend to be others. */
export function browserOf(userAgent: string | null): string | null {
  const find = (list: readonly (readonly [string, string])[]) =>
    list.find(([sign]) => userAgent?.includes(sign))?.[1]
  const names = [find(BROWSERS), find(SYSTEMS)].filter((it) => it !== undefined)
  return names.length > 0 ? names.join(', ') : null
}
