// The timeline of a talk with Apollo Client: the pages are joined in its cache.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { printTalk, url } from './print.mjs'
import { introspect, possibleTypes } from './schema.mjs'

const client = new ApolloClient({
  link: new HttpLink({ uri: url }),
  cache: new InMemoryCache({
    possibleTypes: possibleTypes(await introspect()),
    typePolicies: {
      Talk: { fields: { events: relayStylePagination(['where', 'orderBy', 'within']) } },
    },
  }),
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

const variables = { slug: 'gaza-ceasefire-talks' }
let { data } = await client.query({ query: timeline, variables })
let pages = 1

// In a component, useQuery gives the same fetchMore, and shows what is in the cache.
const watched = client.watchQuery({ query: timeline, variables })
const reader = watched.subscribe(() => {})
while (data.talk.events.pageInfo.hasNextPage) {
  await watched.fetchMore({ variables: { after: data.talk.events.pageInfo.endCursor } })
  data = client.readQuery({ query: timeline, variables })
  pages++
}
printTalk(data.talk, pages)
reader.unsubscribe()
client.stop()
