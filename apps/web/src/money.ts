type Decimal = `${number}`

const DECIMAL = /^-?\d+(?:\.\d+)?$/

/** Adds decimal strings exactly; the result has as many decimals as the longest. */
export function addDecimals(amounts: readonly string[]): string {
  const places = Math.max(0, ...amounts.map((amount) => decimals(amount)))
  const sum = amounts.reduce((total, amount) => total + scaled(amount, places), 0n)
  return unscaled(sum, places)
}

/** Below zero, zero or above zero, as `a` is less than, equal to or more than `b`. */
export function compareDecimals(a: string, b: string): number {
  const places = Math.max(decimals(a), decimals(b))
  const difference = scaled(a, places) - scaled(b, places)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Locale format with the currency shown, decimals as Microsoft gave them, minus as "−". */
export function formatMoney(amount: string, currency: string, locale: string): string {
  if (!isDecimal(amount)) return amount
  const shown = Math.max(2, decimals(amount))
  return withMinus(
    format(
      amount,
      { style: 'currency', currency, minimumFractionDigits: shown, maximumFractionDigits: shown },
      locale,
    ),
  )
}

/** For bars only: whole units. */
export function formatRounded(amount: string, currency: string, locale: string): string {
  if (!isDecimal(amount)) return amount
  return withMinus(format(amount, { style: 'currency', currency, maximumFractionDigits: 0 }, locale))
}

/** A plain figure such as a quantity, every digit kept. */
export function formatNumber(amount: string | number, locale: string): string {
  const text = String(amount)
  if (!isDecimal(text)) return text
  return withMinus(format(text, { maximumFractionDigits: Math.max(0, decimals(text)) }, locale))
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** A size such as "214 MB", in steps of a thousand. */
export function formatBytes(size: number, locale: string): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3))
  const value = size / 1000 ** step
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value)
}

/** Share of the largest, 0 to 1; for the length of a bar, where a float does no harm. */
export function shareOf(amount: string, largest: string): number {
  const whole = Math.abs(Number(largest))
  return whole === 0 ? 0 : Math.min(1, Math.abs(Number(amount)) / whole)
}

function isDecimal(text: string): text is Decimal {
  return DECIMAL.test(text)
}

function format(amount: Decimal, options: Intl.NumberFormatOptions, locale: string): string {
  return new Intl.NumberFormat(locale, options).format(amount)
}

function decimals(amount: string): number {
  return amount.includes('.') ? amount.length - amount.indexOf('.') - 1 : 0
}

function scaled(amount: string, places: number): bigint {
  if (!isDecimal(amount)) return 0n
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(places, '0'))
  return amount.startsWith('-') ? -value : value
}

function unscaled(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
  const sign = value < 0n ? '-' : ''
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

function withMinus(text: string): string {
  return text.replace('-', '−')
}

/** The same amount with the other sign. */
export function negate(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}
