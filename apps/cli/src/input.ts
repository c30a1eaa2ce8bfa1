import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'

import { badInput, notThere } from './failure.ts'
import type { Shell } from './shell.ts'

type Bytes = AsyncIterable<Uint8Array | string>

/** The first line of what was piped in, without its line break. Throws when there is none. */
export async function readLine(input: Bytes): Promise<string> {
  for await (const line of splitLines(input)) return line
  throw badInput(
    'Nothing came in on standard input',
    'Pipe one line, such as: printf \'%s\' "$PASSWORD" | consentry …',
  )
}

/** A file's lines one by one, however large it is; `-` is standard input. */
export async function readLines(shell: Shell, file: string): Promise<AsyncGenerator<string>> {
  if (file === '-') return splitLines(shell.input)
  try {
    await access(file, constants.R_OK)
  } catch (cause) {
    const why =
      cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
        ? 'does not exist'
        : 'cannot be read'
    throw notThere(
      `The file ${file} ${why}`,
      'Give the path of a readable file of JSON Lines, or - for standard input.',
    )
  }
  if ((await stat(file)).isDirectory())
    throw badInput(`${file} is a folder`, 'Give the path of a file of JSON Lines.')
  return splitLines(createReadStream(file))
}

/** Every line, empty ones too, so that their numbers are the file's. */
async function* splitLines(bytes: Bytes): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield withoutReturn(line)
  }
  rest += decoder.decode()
  if (rest !== '') yield withoutReturn(rest)
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
