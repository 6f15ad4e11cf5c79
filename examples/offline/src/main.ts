// Keeps a copy of the record: npm start -- sync|follow|show [file] [address]
import { Copy } from './copy.js';
import { live, pages, RecordChanged } from './parley.js';

const [what = 'sync', file = 'copy.json', url = 'http://127.0.0.1:8080/graphql'] = process.argv.slice(2);
const copy = await Copy.open(file);

async function take(source: AsyncGenerator<Parameters<Copy['take']>[0]>): Promise<void> {
  for await (const page of source) {
    await copy.take(page);
    if (page.changes.length > 0) console.log(`${page.changes.length} changes; the copy has ${copy.items.size} items`);
  }
}

// sync reads what is new, and everything where the token is of a record that is gone.
async function sync(): Promise<void> {
  try {
    await take(pages(url, copy.next));
  } catch (error) {
    if (!(error instanceof RecordChanged) || copy.next === null) throw error;
    console.log('the record is another one: the copy starts again');
    await copy.startAgain();
    await take(pages(url, null));
  }
}

if (what === 'show') {
  for (const item of copy.items.values()) console.log(`${item.__typename}: ${item.label}`);
} else {
  await sync();
  while (what === 'follow') {
    await take(live(url, copy.next)).catch((error: Error) => (error instanceof RecordChanged ? sync() : console.error(error.message)));
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the network is away: what is missed comes afterwards
  }
}
