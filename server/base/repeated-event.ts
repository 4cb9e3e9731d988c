type Fields = Record<string, unknown>;

/** What a line says about the occurrences that it stands for. */
type Occurrences = {
  /** Number of occurrences since the previous line. */
  count: number;
  /** Seconds since the previous line; absent in the first one. */
  seconds?: number;
};

/**
 * Writes an event that can occur with every request to the log: at once when it first occurs, then once per interval, with the number of
 * occurrences and the fields of the last one. A full disk would otherwise be filled by the log about it.
 */
export class RepeatedEvent<Details extends Fields> {
  private readonly write: (fields: Details & Occurrences) => void;
  private readonly intervalMs: number;
  private count = 0;
  private last: Details | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(write: (fields: Details & Occurrences) => void, intervalMs = 60_000) {
    this.write = write;
    this.intervalMs = intervalMs;
  }

  occur(details: Details): void {
    if (this.timer === undefined) {
      this.write({ ...details, count: 1 });
      this.wait();
    } else {
      this.count += 1;
      this.last = details;
    }
  }

  /** Writes what was counted since the last line, for example before the process ends. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.last === undefined) return;
    this.write({ ...this.last, count: this.count, seconds: Math.round(this.intervalMs / 1000) });
    this.count = 0;
    this.last = undefined;
    this.wait();
  }

  private wait(): void {
    this.timer = setTimeout(() => this.flush(), this.intervalMs).unref();
  }
}
