/**
 * The clock of the database as far as its answers tell it; ages are judged by it. The database read it at some moment between question and answer, so each
 * answer gives two bounds of the difference between both clocks. The difference known so far stays unless it is outside: then the nearer
 * bound takes its place. So an answer that took seconds, or waited for a busy event loop, changes nothing, and a clock that is set is noticed.
 */
export class StoreClock {
  private readonly ownMs: () => number;
  /** Its time less that of this process, in microseconds. */
  private aheadUs: number | undefined;

  /** @param ownMs milliseconds of a clock that does not jump */
  constructor(ownMs: () => number) {
    this.ownMs = ownMs;
  }

  /** Returns its time in microseconds since 1970; that of this machine if it has told nothing yet. */
  now(): number {
    return this.aheadUs === undefined ? Date.now() * 1000 : Math.round(this.ownMs() * 1000 + this.aheadUs);
  }

  /**
   * Notes what the database has told, right after it came.
   * @param readAt its time, in microseconds since 1970
   * @param askedMs own time before it was asked
   */
  note(readAt: number, askedMs: number): void {
    const least = readAt - this.ownMs() * 1000;
    const most = readAt - askedMs * 1000;
    this.aheadUs = Math.min(Math.max(this.aheadUs ?? (least + most) / 2, least), most);
  }
}
