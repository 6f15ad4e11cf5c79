// What the normalised caches must know of the schema. An application asks once, when it is built, and keeps the answer.
import { getIntrospectionQuery } from 'graphql'
import { url } from './print.mjs'

// introspect returns the schema as a GraphQL introspection result.
export async function introspect() {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })
  return (await response.json()).data
}

// possibleTypes lists the types of each interface, as Apollo Client wants them.
export function possibleTypes({ __schema }) {
  return Object.fromEntries(
    __schema.types.filter((t) => t.possibleTypes?.length).map((t) => [t.name, t.possibleTypes.map((p) => p.name)]),
  )
}

// withoutId lists the object types that have no id: caches keep them inside the object they were read with.
export function withoutId({ __schema }) {
  return __schema.types
    .filter((t) => t.kind === 'OBJECT' && !t.name.startsWith('__') && !t.fields.some((f) => f.name === 'id'))
    .map((t) => t.name)
}
