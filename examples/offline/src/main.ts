// Keeps a copy of the record: npm start -- sync|follow|show [file] [address]
import { Copy } from './copy.js';
import { live, pages } from './parley.js';

const [what = 'sync', file = 'copy.json', url = 'http://127.0.0.1:8080/graphql'] = process.argv.slice(2);
const copy = await Copy.open(file);

async function take(source: AsyncGenerator<Parameters<Copy['take']>[0]>): Promise<void> {
  for await (const page of source) {
    await copy.take(page);
    if (page.changes.length > 0) console.log(`${page.changes.length} changes; the copy has ${copy.items.size} items`);
  }
}

if (what === 'show') {
  for (const item of copy.items.values()) console.log(`${item.__typename}: ${item.label}`);
} else {
  await take(pages(url, copy.next));
  while (what === 'follow') {
    await take(live(url, copy.next)).catch((error: Error) => console.error(error.message));
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the network is away: what is missed comes afterwards
  }
}
