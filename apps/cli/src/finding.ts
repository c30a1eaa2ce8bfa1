/** One thing that was looked at. `detail` says what was found, and for a fault what to do. */
export type Finding = { readonly name: string; readonly ok: boolean; readonly detail: string }
