import { readFile, rename, writeFile } from 'node:fs/promises';

// Item is what the copy keeps of an item: whatever the query asks for.
export type Item = { id: string; label: string; __typename: string };

// Change is a change as contentChanges and contentUpdates tell it.
export type Change = { op: string; nodeId: string; node: Item | null };

// Page is a page of changes, with the token to go on from.
export type Page = { changes: Change[]; next: string; hasMore: boolean };

// Copy is the record as this device has it, in a file.
export class Copy {
  private constructor(
    private readonly path: string,
    readonly items: Map<string, Item>,
    public next: string | null,
    // old are the ids of what was kept from a record that is read from the start again.
    private readonly old: Set<string>,
  ) {}

  // open reads the file, or begins an empty copy where there is none.
  static async open(path: string): Promise<Copy> {
    try {
      const { items, next, old } = JSON.parse(await readFile(path, 'utf8')) as { items: Item[]; next: string | null; old?: string[] };
      return new Copy(path, new Map(items.map((item) => [item.id, item])), next, new Set(old));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Copy(path, new Map(), null, new Set());
      throw error;
    }
  }

  // take lays a page over the copy. The page and its token are written together: a device that loses its power in the
  // middle asks for the same page again.
  async take(page: Page): Promise<void> {
    for (const { op, nodeId, node } of page.changes) {
      this.old.delete(nodeId);
      if (op === 'DELETED' || node === null) this.items.delete(nodeId);
      else this.items.set(nodeId, node);
    }
    if (!page.hasMore) {
      for (const id of this.old) this.items.delete(id); // the record does not have it any more
      this.old.clear();
    }
    this.next = page.next;
    await this.write();
  }

  // startAgain forgets the token. What the copy has stays until the record was read to its end; then what is not in it goes.
  async startAgain(): Promise<void> {
    this.next = null;
    for (const id of this.items.keys()) this.old.add(id);
    await this.write();
  }

  private async write(): Promise<void> {
    await writeFile(`${this.path}.new`, JSON.stringify({ next: this.next, items: [...this.items.values()], old: [...this.old] }));
    await rename(`${this.path}.new`, this.path);
  }
}
