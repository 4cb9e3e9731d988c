interface Watched {
  /** On the clock of performance.now(). */
  deadlineAt: number;
}

const maxTimerMs = 2 ** 31 - 1;

/** Reports requests past their deadline. All share one timer: a timer per request is the larger part of a quick request's cost. */
export class DeadlineWatch<Request extends Watched> {
  private readonly watched = new Set<Request>();
  private readonly onExpired: (requests: Request[]) => void;
  private timer: NodeJS.Timeout | undefined;
  private firesAt = Number.POSITIVE_INFINITY;

  constructor(onExpired: (requests: Request[]) => void) {
    this.onExpired = onExpired;
  }

  add(request: Request): void {
    this.watched.add(request);
    if (request.deadlineAt < this.firesAt) this.fireAt(request.deadlineAt);
  }

  /** Does not change the timer; when it fires, it may find no expired request. */
  delete(request: Request): void {
    this.watched.delete(request);
  }

  /** Clears the timer. */
  stop(): void {
    clearTimeout(this.timer);
    this.firesAt = Number.POSITIVE_INFINITY;
  }

  private fireAt(at: number): void {
    clearTimeout(this.timer);
    this.firesAt = at;
    const leftMs = Math.min(maxTimerMs, Math.max(0, Math.ceil(at - performance.now())));
    this.timer = setTimeout(() => this.fire(), leftMs).unref();
  }

  private fire(): void {
    const now = performance.now();
    this.firesAt = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    const expired: Request[] = [];
    for (const request of this.watched) {
      if (request.deadlineAt > now) next = Math.min(next, request.deadlineAt);
      else expired.push(request);
    }
    if (next < Number.POSITIVE_INFINITY) this.fireAt(next);
    for (const request of expired) this.watched.delete(request);
    if (expired.length > 0) this.onExpired(expired);
  }
}
