import { awayMs, type CachedRows, isUnavailable } from "./cached-rows.ts";
import type { HeldViews } from "./held-views.ts";

/**
 * Rows in memory: of views that are held as a whole, else copies of single rows. Neither has to be asked for while Postgres is away.
 */
export class MemoryRows {
  private readonly held: HeldViews;
  private readonly cached: CachedRows;

  constructor(held: HeldViews, cached: CachedRows) {
    this.held = held;
    this.cached = cached;
  }

  /** As CachedRows.read(). */
  async read(...asked: Parameters<CachedRows["read"]>): ReturnType<CachedRows["read"]> {
    const [{ number }, keys, withinMs = 0] = asked;
    const held = this.held.read(number, keys);
    if (held) return held;
    const isAway = () => this.cached.isAway || withinMs >= awayMs;
    try {
      const found = await this.cached.read(...asked);
      return (found.isLate && this.held.readAnyway(number, keys, isAway())) || found;
    } catch (error) {
      const copies = isUnavailable(error) && this.held.readAnyway(number, keys, isAway());
      if (copies) return copies;
      throw error;
    }
  }

  /** Asks again for rows that were just written here, so that whoever wrote them reads them. */
  evict(view: { readonly number: number }, keys: readonly Buffer[]): void {
    this.held.evict(view, keys);
    this.cached.evict(view, keys);
  }

  /** Evicts the row of a removed entity key, or all rows of the view if the key is not known any more. */
  evictRemoved(view: { readonly number: number }, key: Buffer | null): void {
    this.held.evictRemoved(view.number);
    this.cached.evictRemoved(view, key);
  }

  /** Memory that the rows take. */
  get bytes(): number {
    return this.held.bytes + this.cached.bytes;
  }

  close(): Promise<void> {
    return this.held.close();
  }
}
