/** Properties of a queued request. */
export interface Queued {
  /** On the clock of performance.now(). */
  enqueuedAt: number;
  deadlineAt: number;
  /** Whether a caller still wants the response. */
  isWanted: boolean;
  /** Index of the priority level, 0 being served first. */
  level: number;
  rows: number;
  /** Requests of the same key may run together; undefined runs alone. */
  key: string | undefined;
}

/** Rules for batching requests: Triton's dynamic batcher. */
export interface BatchRule {
  maxRows: number;
  preferredRows: readonly number[];
  maxDelayMs: number;
}

export const noBatching: BatchRule = { maxRows: 1, preferredRows: [], maxDelayMs: 0 };

interface Taken<Request> {
  /** Requests that should run now as a batch; empty when none should. */
  batch: Request[];
  /** Requests that no caller waits for any more; they must not run. */
  dropped: Request[];
  /** Milliseconds until there is something to run even if nothing more arrives; undefined when nothing waits. */
  waitMs: number | undefined;
}

/** A bounded line, by level of priority and then first come first served, that hands out batches. */
export class BatchQueue<Request extends Queued> {
  rule = noBatching;
  length = 0;
  private readonly limit: number;
  private readonly levels: Request[][];

  constructor(limit: number, levels = 1) {
    this.limit = limit;
    this.levels = Array.from({ length: levels }, () => []);
  }

  /** Number of rows of all queued requests. */
  get rows(): number {
    return this.levels.flat().reduce((sum, request) => sum + request.rows, 0);
  }

  /** Appends to its level. @returns false when the queue is full of requests that are still wanted. */
  push(request: Request): boolean {
    if (this.length >= this.limit) this.dropUnwanted();
    if (this.length >= this.limit) return false;
    this.levels[request.level]?.push(request);
    this.length += 1;
    return true;
  }

  /** Returns dispatched requests to the front of their levels, whatever the limit: they were accepted before. */
  requeue(requests: readonly Request[]): void {
    for (const request of requests.toReversed()) {
      this.levels[request.level]?.unshift(request);
      this.length += 1;
    }
  }

  /** Removes requests that no caller waits for any more. */
  dropUnwanted(): void {
    this.keep((request) => request.isWanted);
  }

  /** Takes out all. */
  clear(): Request[] {
    const all = this.levels.flat();
    this.keep(() => false);
    return all;
  }

  /**
   * Takes the next batch. The first request of the highest level leads; requests of its key that wait behind it, also in lower
   * levels, fill up the batch.
   */
  take(now: number): Taken<Request> {
    const dropped: Request[] = [];
    const candidates: Request[] = [];
    let rows = 0;
    let isFull = false;
    for (const request of this.levels.flat()) {
      if (!request.isWanted || request.deadlineAt <= now) {
        dropped.push(request);
        continue;
      }
      const [leader] = candidates;
      if (leader && (leader.key === undefined || request.key !== leader.key)) continue;
      isFull = rows + request.rows > this.rule.maxRows;
      if (leader && isFull) break;
      candidates.push(request);
      rows += request.rows;
      isFull = rows >= this.rule.maxRows;
      if (isFull || request.key === undefined) break;
    }
    const waitMs = this.waitMs(candidates, rows, isFull, now);
    const batch = waitMs > 0 ? [] : this.trim(candidates, rows, isFull);
    const removed = new Set([...dropped, ...batch]);
    if (removed.size > 0) this.keep((request) => !removed.has(request));
    return { batch, dropped, waitMs: this.length > 0 ? waitMs : undefined };
  }

  /** Returns how long the candidates may still wait for a larger batch. */
  private waitMs(candidates: readonly Request[], rows: number, isFull: boolean, now: number): number {
    const [leader] = candidates;
    const { maxDelayMs, preferredRows } = this.rule;
    if (!leader || leader.key === undefined || isFull || maxDelayMs === 0) return 0;
    if (preferredRows.some((size) => size <= rows)) return 0;
    const oldest = Math.min(...candidates.map((request) => request.enqueuedAt));
    return Math.max(0, oldest + maxDelayMs - now);
  }

  /** Returns the candidates up to the largest preferred size that they form; all of them when they form none or are a full batch. */
  private trim(candidates: Request[], rows: number, isFull: boolean): Request[] {
    const sizes = this.rule.preferredRows.filter((size) => size <= rows);
    if (isFull || sizes.length === 0) return candidates;
    const most = Math.max(...sizes);
    let sum = 0;
    return candidates.filter((request, index) => {
      sum += request.rows;
      return index === 0 || sum <= most;
    });
  }

  private keep(isRetained: (request: Request) => boolean): void {
    this.length = 0;
    for (const [index, level] of this.levels.entries()) {
      const kept = level.filter(isRetained);
      this.levels[index] = kept;
      this.length += kept.length;
    }
  }
}

/** Returns the full seconds after which a full queue has probably emptied, at least 1. */
export function retryAfterSeconds(queued: number, meanRequestMs: number, workers: number): number {
  return Math.max(1, Math.ceil((queued * meanRequestMs) / Math.max(1, workers) / 1000));
}
