import type { Page } from './copy.js';

const page = 'next hasMore changes { op nodeId node { __typename id label } }';
const sync = `query ($since: SyncToken) { contentChanges(since: $since) { ${page} } }`;
const listen = `subscription ($since: SyncToken) { contentUpdates(since: $since) { ${page} } }`;

// RecordChanged says that the token is of another record: the database of the service was restored or made again.
export class RecordChanged extends Error {}

type Failure = { message: string; extensions?: { code?: string } };

// failure is the error that an answer without data stands for.
function failure(errors: Failure[] | undefined, otherwise: string): Error {
  const first = errors?.[0];
  return first?.extensions?.code === 'RECORD_CHANGED' ? new RecordChanged(first.message) : new Error(first?.message ?? otherwise);
}

// post sends an operation.
async function post(url: string, accept: string, query: string, since: string | null): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify({ query, variables: { since } }),
  });
}

// pages yields what has changed since a token, until there is no more.
export async function* pages(url: string, since: string | null): AsyncGenerator<Page> {
  for (let more = true; more; ) {
    const response = await post(url, 'application/json', sync, since);
    const { data, errors } = (await response.json()) as { data?: { contentChanges: Page }; errors?: Failure[] };
    if (!data) throw failure(errors, `${response.status}`);
    yield data.contentChanges;
    since = data.contentChanges.next;
    more = data.contentChanges.hasMore;
  }
}

// live yields what changes from now on, until the connection ends.
export async function* live(url: string, since: string | null): AsyncGenerator<Page> {
  const response = await post(url, 'text/event-stream', listen, since);
  if (!response.body) return;
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const line = text.slice(0, end).split('\n').find((l) => l.startsWith('data: '));
      text = text.slice(end + 2);
      if (!line) continue; // a comment that keeps the connection open
      const { data, errors } = JSON.parse(line.slice(6)) as { data?: { contentUpdates: Page }; errors?: Failure[] };
      if (!data) throw failure(errors, line);
      yield data.contentUpdates;
    }
  }
}
