// The timeline of a talk with Relay: @connection joins the pages in its store.
import { Environment, Network, RecordSource, Store, fetchQuery, graphql } from 'relay-runtime'
import timeline from './__generated__/relayTimelineQuery.graphql.js'
import { printTalk, url } from './print.mjs'

// relay-compiler reads this and writes ./__generated__; with its Babel plugin the tag itself is what is imported above.
const document = () => graphql`
  query relayTimelineQuery($slug: Slug!, $after: String) {
    talk(slug: $slug) {
      title
      events(first: 5, after: $after) @connection(key: "Timeline_events") {
        edges { node { ...on Content { label } occurredOn { label } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`
void document

const environment = new Environment({
  store: new Store(new RecordSource()),
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    })
    return response.json()
  }),
})

let talk
let after = null
let pages = 0
do {
  ;({ talk } = await fetchQuery(environment, timeline, { slug: 'gaza-ceasefire-talks', after }).toPromise())
  after = talk.events.pageInfo.endCursor
  pages++
} while (talk.events.pageInfo.hasNextPage)
printTalk(talk, pages)
