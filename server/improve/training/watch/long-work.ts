import { setTimeout as pause } from "node:timers/promises";

/**
 * Work of several rounds: one piece for each id at a time. A round waits for what it has started, but only so long; what takes longer goes on, and
 * is started again by the first round after its end.
 */
export class LongWork {
  private readonly underWay = new Set<string>();

  /**
   * Begins the work of each id that is not under way.
   * @param work does not reject @returns when all that was started has ended, and after at most `maxMs`
   */
  async begin(ids: readonly string[], work: (id: string) => Promise<unknown>, maxMs: number): Promise<void> {
    const started = ids
      .filter((id) => !this.underWay.has(id))
      .map(async (id) => {
        this.underWay.add(id);
        await work(id).finally(() => this.underWay.delete(id));
      });
    const over = new AbortController();
    const limit = pause(maxMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(started), limit]).finally(() => over.abort());
  }
}
