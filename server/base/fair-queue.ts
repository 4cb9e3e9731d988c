/** A tenant with what waits and what it was given. */
interface Share<Item> {
  waiting: Item[];
  running: number;
  /** Milliseconds that it has used, on the clock of the queue. */
  usedMs: number;
  /** Expected milliseconds of its next item: a moving mean. */
  meanMs: number;
}

/** An item whose turn has come. */
export interface Turn<Item> {
  tenant: string;
  item: Item;
  /** Must be called once it has ended. @param tookMs milliseconds for which it used what is shared */
  done(tookMs: number): void;
}

const firstMs = 1;
const weight = 0.2;

/**
 * Shares something between tenants by the time for which they use it: start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996). The
 * next item is that of the tenant that has used the least time, and within a tenant the oldest. A tenant that had nothing to do gains
 * nothing by that.
 */
export class FairQueue<Item> {
  private readonly shares = new Map<string, Share<Item>>();
  /** Used time of the tenant that was served last: new tenants start here. */
  private clockMs = 0;
  private count = 0;

  /** Items that wait. */
  get length(): number {
    return this.count;
  }

  /** Tenants with items that wait or run. */
  get tenants(): number {
    return this.shares.size;
  }

  /** Items of a tenant that wait. */
  waitingOf(tenant: string): number {
    return this.shares.get(tenant)?.waiting.length ?? 0;
  }

  push(tenant: string, item: Item): void {
    const share: Share<Item> = this.shares.get(tenant) ?? {
      waiting: [],
      running: 0,
      usedMs: this.clockMs,
      meanMs: firstMs,
    };
    if (share.waiting.length === 0 && share.running === 0) share.usedMs = Math.max(share.usedMs, this.clockMs);
    share.waiting.push(item);
    this.shares.set(tenant, share);
    this.count += 1;
  }

  /** Removes an item that waits; does nothing for any other. */
  remove(tenant: string, item: Item): void {
    const share = this.shares.get(tenant);
    const index = share?.waiting.indexOf(item) ?? -1;
    if (!share || index < 0) return;
    share.waiting.splice(index, 1);
    this.count -= 1;
    this.evictIdle(tenant, share);
  }

  /** Takes out everything that waits. */
  clear(): Item[] {
    const all = [...this.shares.values()].flatMap((share) => share.waiting.splice(0));
    for (const [tenant, share] of this.shares) this.evictIdle(tenant, share);
    this.count = 0;
    return all;
  }

  /** Takes the next item. @param mayRun whether a tenant may have one more, given how many it runs. @returns undefined when none may */
  take(mayRun: (tenant: string, running: number) => boolean = () => true): Turn<Item> | undefined {
    let next: [string, Share<Item>] | undefined;
    for (const entry of this.shares) {
      const [tenant, share] = entry;
      this.evictIdle(tenant, share);
      if (share.waiting.length === 0 || (next && share.usedMs >= next[1].usedMs)) continue;
      if (mayRun(tenant, share.running)) next = entry;
    }
    const item = next?.[1].waiting.shift();
    if (!next || item === undefined) return undefined;
    const [tenant, share] = next;
    this.count -= 1;
    share.running += 1;
    this.clockMs = Math.max(this.clockMs, share.usedMs);
    // Charged before it is known, so that a tenant does not get all that is free at once.
    const expectedMs = share.meanMs;
    share.usedMs += expectedMs;
    return { tenant, item, done: (tookMs) => this.settle(tenant, share, tookMs, expectedMs) };
  }

  private settle(tenant: string, share: Share<Item>, tookMs: number, expectedMs: number): void {
    share.running -= 1;
    share.usedMs += tookMs - expectedMs;
    share.meanMs += weight * (tookMs - share.meanMs);
    this.evictIdle(tenant, share);
  }

  private evictIdle(tenant: string, { waiting, running, usedMs }: Share<Item>): void {
    // One that is behind the clock would start at the clock anyway.
    if (waiting.length === 0 && running === 0 && usedMs <= this.clockMs) this.shares.delete(tenant);
  }
}
