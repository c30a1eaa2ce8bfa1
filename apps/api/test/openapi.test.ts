import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'

import { ACCESS } from '../src/access.ts'
import { ROUTES } from '../src/routes.ts'
import { openApi, type Harness } from './harness.ts'

let api: Harness
let document: z.infer<typeof shape>
const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))).min(1),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']) }))
    .optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
})
const shape = z.looseObject({
  openapi: z.string().regex(/^3\.1\./),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith('/'),
    z.record(z.enum(['get', 'post', 'put', 'patch', 'delete']).or(z.string()), operation),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
})

beforeAll(async () => {
  api = await openApi()
  document = shape.parse((await api.api('GET', '/openapi.json')).body)
})
afterAll(() => api.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      described,
    })),
  )

it('describes every operation of the table, and each is served', () => {
  expect(
    operations()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(ACCESS).toSorted())
  expect(ROUTES.map((route) => route.operation).toSorted()).toEqual(Object.keys(ACCESS).toSorted())
})

it('names each operation once, its path parameters, a success and the refusal', () => {
  expect(new Set(operations().map(({ described }) => described.operationId)).size).toBe(operations().length)
  for (const { path, described } of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const named = (described.parameters ?? [])
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => parameter.name)
    expect(named).toEqual(inPath)
    expect(Object.keys(described.responses)).toContain('default')
    expect(Object.keys(described.responses).some((status) => status.startsWith('2'))).toBe(true)
  }
})

it('resolves every reference', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name ?? '',
  )
  expect(references.length).toBeGreaterThan(10)
  for (const name of references) expect(document.components.schemas).toHaveProperty(name)
  for (const name of ['Connection', 'Check', 'Report', 'Problem']) expect(references).toContain(name)
})
