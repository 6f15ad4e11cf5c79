// Runs the npm clients graphql-ws and graphql-sse against the server at the address that is given: queries, refusals, a
// subscription that sees a change, and one that is resumed by its token. The second argument is a token that may write.
import assert from 'node:assert/strict';
import { createClient as overSocket } from 'graphql-ws';
import { createClient as overStream } from 'graphql-sse';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const listening = 'subscription ($since: SyncToken) { contentUpdates(since: $since, types: [SOURCE]) { next changes { op node { ... on Source { title } } } } }';

// retitle gives the first source another title.
async function retitle(title) {
  const ask = async (query, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
  const { sources } = await ask('{ sources(first: 1) { nodes { id } } }');
  await ask('mutation ($id: ID!, $title: String) { updateSource(input: { id: $id, title: $title }) { revision } }', { id: sources.nodes[0].id, title });
}

// once returns the one answer to an operation.
function once(client, request) {
  return new Promise((resolve, reject) => {
    let result;
    client.subscribe(request, { next: (r) => { result = r; }, error: reject, complete: () => resolve(result) });
  });
}

async function check(name, client) {
  const { data } = await once(client, { query: '{ service { name } }' });
  assert.deepEqual(data, { service: { name: 'parley' } }, name);

  const refused = await once(client, { query: '{ nowhere }' }).then((r) => r.errors, (e) => e);
  assert.equal(refused[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED', name);

  const changes = client.iterate({ query: listening });
  const first = (await changes.next()).value.data.contentUpdates;
  assert.deepEqual(first.changes, [], name);
  await retitle(`${name} one`);
  const second = (await changes.next()).value.data.contentUpdates;
  assert.deepEqual(second.changes, [{ op: 'UPDATED', node: { title: `${name} one` } }], name);
  await changes.return();

  await retitle(`${name} two`);
  const resumed = client.iterate({ query: listening, variables: { since: second.next } });
  const third = (await resumed.next()).value.data.contentUpdates;
  assert.deepEqual(third.changes, [{ op: 'UPDATED', node: { title: `${name} two` } }], name);
  await resumed.return();

  const live = client.iterate({ query: 'query @live { sources(first: 1) { nodes { title } } }' });
  assert.equal((await live.next()).value.data.sources.nodes[0].title, `${name} two`, name);
  await retitle(`${name} three`);
  assert.equal((await live.next()).value.data.sources.nodes[0].title, `${name} three`, name);
  await live.return();
  console.log(`${name}: ok`);
}

const socket = overSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
await check('graphql-ws', socket);
await socket.dispose();

const refused = overSocket({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: { token: 'parley_wrong' }, retryAttempts: 0 });
await once(refused, { query: '{ service { name } }' }).then(() => assert.fail('a wrong token is let in'), (e) => assert.equal(e.code, 4403));
console.log('graphql-ws with a wrong token: ok');

await check('graphql-sse', overStream({ url }));
process.exit(0);
