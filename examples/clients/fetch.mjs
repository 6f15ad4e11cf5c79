// The timeline of a talk with fetch: no client library, and no cache.
import { printTalk, url } from './print.mjs'

const timeline = `
  query Timeline($slug: Slug!, $after: String) {
    talk(slug: $slug) {
      title
      events(first: 5, after: $after) {
        edges { node { label occurredOn { label } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`

async function ask(query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors) throw new Error(errors.map((e) => `${e.extensions.code}: ${e.message}`).join('\n'))
  return data
}

const edges = []
let page
let after = null
let pages = 0
do {
  const { talk } = await ask(timeline, { slug: 'gaza-ceasefire-talks', after })
  if (!talk) throw new Error('there is no such talk')
  page = talk
  edges.push(...talk.events.edges)
  after = talk.events.pageInfo.endCursor
  pages++
} while (page.events.pageInfo.hasNextPage)

printTalk({ title: page.title, events: { edges } }, pages)
