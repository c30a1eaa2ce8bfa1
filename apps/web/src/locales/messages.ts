import type { en } from './en.ts'

/** The texts of a language: the keys of English. */
export type Messages = typeof en
