/** Requests in order of arrival, each evaluated once at each of several ages. */
export class AgeLine<Item extends { startedAt: number }> {
  private readonly agesMs: readonly number[];
  private readonly next: number[];
  private items: Item[] = [];

  constructor(agesMs: readonly number[]) {
    this.agesMs = agesMs;
    this.next = agesMs.map(() => 0);
  }

  /** Items that are not as old as the highest age. */
  get length(): number {
    return this.items.length - Math.min(...this.next);
  }

  /** Adds an item. @param item must not start before the last one */
  add(item: Item): void {
    this.items.push(item);
  }

  /** Visits each item once for each age that it has reached by now. @param visit receives the index of the age */
  advance(now: number, visit: (index: number, item: Item) => void): void {
    for (const [index, ageMs] of this.agesMs.entries()) {
      let at = this.next[index] as number;
      for (; at < this.items.length && (this.items[at] as Item).startedAt + ageMs <= now; at++) {
        visit(index, this.items[at] as Item);
      }
      this.next[index] = at;
    }
    this.compact();
  }

  private compact(): void {
    const done = Math.min(...this.next);
    // Half at a time, so that each item is moved once on average.
    if (done === 0 || done * 2 < this.items.length) return;
    this.items = this.items.slice(done);
    for (const index of this.next.keys()) this.next[index] = (this.next[index] as number) - done;
  }
}
