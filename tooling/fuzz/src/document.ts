import type { Schema } from './schema.ts'

export type Content = Readonly<Record<string, { readonly schema: Schema }>>
export type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: boolean
  readonly schema: Schema
}
export type Described = {
  readonly operationId: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** The OpenAPI document, as far as it is looked at here. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export type Operation = Described & { readonly method: string; readonly path: string; readonly name: string }

/** The document that the api itself serves. */
export async function readDocument(url: string): Promise<Document> {
  const response = await fetch(`${url}/api/v1/openapi.json`)
  // What it promises is checked by every answer that is compared with it.
  return (await response.json()) as Document
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, described]) => {
      const method = name.toUpperCase()
      return { ...described, method, path, name: `${method} ${path}` }
    }),
  )
}
