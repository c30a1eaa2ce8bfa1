import { readFileSync, writeFileSync } from 'node:fs'

import { renderConsoleTable, renderPage } from './render-diagnosis.ts'

const page = new URL('../../../docs/diagnosis.md', import.meta.url)
writeFileSync(page, renderPage(readFileSync(page, 'utf8')))
writeFileSync(new URL('../../../apps/web/src/diagnosis-table.ts', import.meta.url), renderConsoleTable())
