// Where parley is, and how the examples print the timeline of a talk.
export const url = process.env.PARLEY_URL ?? 'http://127.0.0.1:8080/graphql'

export function printTalk(talk, pages) {
  console.log(`${talk.title} (${talk.events.edges.length} events in ${pages} pages)`)
  for (const { node } of talk.events.edges) {
    console.log(`  ${(node.occurredOn?.label ?? 'no date').padEnd(26)} ${node.label}`)
  }
}
