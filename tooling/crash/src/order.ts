/** What a process with the hook is to do. */
export type Order = {
  /** Number of the fault point to die at, from 1; 0 only counts. */
  readonly killAt: number
  /** File to write the labels of the points to when it ends by itself. */
  readonly report?: string
}

/** What a running server is sent: an order, or the question which points it has passed. */
export type Told = { readonly order: Order } | { readonly ask: 'points' }
