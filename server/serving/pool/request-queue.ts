/** What a queue must know of a request that waits in it. */
export interface Waiting {
  /** On the clock of performance.now(). */
  deadlineAt: number;
}

/** A bounded line, first come first served, whose expired members are never handed out. */
export class RequestQueue<Request extends Waiting> {
  readonly limit: number;
  private waiting: Request[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Adds to the end. @returns false when the queue is full. */
  push(request: Request): boolean {
    if (this.waiting.length >= this.limit) return false;
    this.waiting.push(request);
    return true;
  }

  /** Takes one out of the line wherever it stands. @returns whether it was there. */
  remove(request: Request): boolean {
    const place = this.waiting.indexOf(request);
    if (place < 0) return false;
    this.waiting.splice(place, 1);
    return true;
  }

  /** The first that is still in time at `now`; those before it that are not come back as expired. */
  take(now: number): { next: Request | undefined; expired: Request[] } {
    const expired: Request[] = [];
    while (this.waiting.length > 0) {
      const first = this.waiting.shift() as Request;
      if (first.deadlineAt > now) return { next: first, expired };
      expired.push(first);
    }
    return { next: undefined, expired };
  }
}

/** Whole seconds after which a full queue has likely emptied, at least 1. */
export function retryAfterSeconds(queued: number, meanRunMs: number, workers: number): number {
  return Math.max(1, Math.ceil((queued * meanRunMs) / Math.max(1, workers) / 1000));
}
