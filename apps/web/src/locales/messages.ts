import type { en } from './en.ts'
import type { en as more } from './more/en.ts'

/** The texts of a language: the keys of English. */
export type Messages = typeof en

/** Those of the pages that nobody meets first. */
export type MoreMessages = typeof more
