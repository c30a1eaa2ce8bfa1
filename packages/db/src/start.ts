/**
 * Imported first by a program, which then imports the rest of itself: makes it start in a third of the time.
 *
 * Node asks for a module's package each time it meets one, and drizzle-orm's takes 180 kB to read, for each of its 150
 * modules. Its own modules are all ECMAScript modules beside each other, so there is nothing to ask. What was compiled once
 * is kept beside this package, where whoever can write could change the code itself; where it cannot be written, nothing is.
 */
import { enableCompileCache, registerHooks } from 'node:module'
import { join } from 'node:path'

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context
    if (!specifier.startsWith('.') || !parentURL?.includes('/node_modules/drizzle-orm/'))
      return next(specifier, context)
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
  },
})
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'))
