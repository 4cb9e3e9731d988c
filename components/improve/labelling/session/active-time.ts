/** Counts the time in which a page is visible and focused, for the duration of one answer. */
export class ActiveTime {
  #countedMs = 0;
  #since: number | undefined;

  /** Starts at zero. @param isActive whether the page is visible and focused now */
  restart(now: number, isActive: boolean): void {
    this.#countedMs = 0;
    this.#since = isActive ? now : undefined;
  }

  /** Notes that the page was left or came back. */
  change(now: number, isActive: boolean): void {
    if (this.#since !== undefined) this.#countedMs += now - this.#since;
    this.#since = isActive ? now : undefined;
  }

  /** Returns the time so far, in whole milliseconds. */
  total(now: number): number {
    return Math.round(this.#countedMs + (this.#since === undefined ? 0 : now - this.#since));
  }
}
