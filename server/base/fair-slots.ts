import { FairQueue } from "./fair-queue.ts";

interface SlotRules {
  /** Works that run at the same time. */
  slots: number;
  /** Works that one tenant may have at the same time, overdue ones included. */
  maxPerTenant: number;
  /** Milliseconds after which a work is overdue: it goes on, but gives its slot to the next. */
  maxHoldMs: number;
  /** Works that run at the same time, overdue ones included. */
  maxRunning: number;
}

interface Waiting {
  start(release: () => void): void;
}

/**
 * Runs a few works at a time, fairly between tenants. A tenant whose works hang holds up itself only: an overdue work leaves its slot to
 * others, and counts as one of those that its tenant may have.
 */
export class FairSlots {
  private readonly rules: SlotRules;
  private readonly queue = new FairQueue<Waiting>();
  private running = 0;
  private overdue = 0;

  constructor(rules: SlotRules) {
    this.rules = rules;
  }

  /** Runs a work when it is its turn. @throws as the work */
  run<Result>(tenant: string, work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      // What is thrown before the work waits is a rejection too.
      const begin = async () => work();
      this.queue.push(tenant, { start: (release) => void begin().then(resolve, reject).finally(release) });
      this.dispatch();
    });
  }

  private dispatch(): void {
    const { slots, maxPerTenant, maxRunning } = this.rules;
    while (this.running - this.overdue < slots && this.running < maxRunning) {
      const turn = this.queue.take((_tenant, running) => running < maxPerTenant);
      if (!turn) return;
      this.running += 1;
      const startedAt = performance.now();
      let isOverdue = false;
      const timer = setTimeout(() => {
        isOverdue = true;
        this.overdue += 1;
        this.dispatch();
      }, this.rules.maxHoldMs);
      turn.item.start(() => {
        clearTimeout(timer);
        this.running -= 1;
        if (isOverdue) this.overdue -= 1;
        turn.done(performance.now() - startedAt);
        this.dispatch();
      });
    }
  }
}
