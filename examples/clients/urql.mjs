// The timeline of a talk with urql: the pages are joined in its normalised cache.
import { Client, fetchExchange, gql } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { printTalk, url } from './print.mjs'
import { introspect, withoutId } from './schema.mjs'

const schema = await introspect()
const client = new Client({
  url,
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      schema,
      keys: Object.fromEntries(withoutId(schema).map((name) => [name, () => null])),
      resolvers: { Talk: { events: relayPagination() } },
    }),
    fetchExchange,
  ],
})

const timeline = gql`
  query Timeline($slug: Slug!, $after: String) {
    talk(slug: $slug) {
      id
      title
      events(first: 5, after: $after) {
        edges { cursor node { id ...Named occurredOn { label } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
  fragment Named on Content { label }
`

let talk
let after = null
let pages = 0
do {
  const result = await client.query(timeline, { slug: 'gaza-ceasefire-talks', after })
  if (result.error) throw result.error
  talk = result.data.talk
  after = talk.events.pageInfo.endCursor
  pages++
} while (talk.events.pageInfo.hasNextPage)
printTalk(talk, pages)
