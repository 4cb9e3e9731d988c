/** Deliveries that a worker tries at once; to one receiver; and to all together that were slow or never answered. */
const most = 32;
const maxEach = 4;
const maxSlow = 8;
/** Milliseconds after which an answer, or that there is none, makes a receiver slow. */
const slowMs = 2_000;
/** Receivers that are remembered; those that were served last. */
const maxKnown = 10_000;

/**
 * Whose turn it is. Receivers take turns however much waits for each; one of which nothing is known gets one place until it has answered
 * quickly; and those that were slow share a quarter of the places, so that any number of dead ones leaves the rest to the others.
 */
export class Turns {
  /** How quick they were the last time, the one served longest ago first. */
  private readonly known = new Map<string, { isSlow: boolean | undefined }>();

  /**
   * Shares the free places out and counts them as served.
   * @param due receivers for which something waits, the longest first
   * @param inFlight the receiver of each delivery that is being tried
   * @returns places by receiver
   */
  take(due: readonly string[], inFlight: readonly string[]): Map<string, number> {
    const slots = new Map<string, number>();
    const claimedSlots = new Map<string, number>();
    for (const receiver of inFlight) claimedSlots.set(receiver, (claimedSlots.get(receiver) ?? 0) + 1);
    let free = most - inFlight.length;
    let freeSlow = maxSlow - inFlight.filter((receiver) => this.isSlow(receiver)).length;
    const order = [...this.known.keys()];
    const turn = new Map(order.map((receiver, index) => [receiver, index]));
    const waiting = due.toSorted((one, other) => (turn.get(one) ?? -1) - (turn.get(other) ?? -1));
    for (let round = 0; round < maxEach; round += 1) {
      for (const receiver of waiting) {
        const isSlow = this.isSlow(receiver);
        const limit = isSlow === false ? maxEach : 1;
        if (free <= 0 || (claimedSlots.get(receiver) ?? 0) >= limit || (isSlow && freeSlow <= 0)) continue;
        slots.set(receiver, (slots.get(receiver) ?? 0) + 1);
        claimedSlots.set(receiver, (claimedSlots.get(receiver) ?? 0) + 1);
        free -= 1;
        if (isSlow) freeSlow -= 1;
      }
    }
    for (const receiver of slots.keys()) this.remember(receiver, this.isSlow(receiver));
    return slots;
  }

  /** @param durationMs until the receiver answered, or it was clear that it does not */
  served(receiver: string, durationMs: number): void {
    const known = this.known.get(receiver);
    if (known) known.isSlow = durationMs > slowMs;
  }

  private isSlow(receiver: string): boolean | undefined {
    return this.known.get(receiver)?.isSlow;
  }

  private remember(receiver: string, isSlow: boolean | undefined): void {
    this.known.delete(receiver);
    this.known.set(receiver, { isSlow });
    const [oldest] = this.known.keys();
    if (this.known.size > maxKnown && oldest !== undefined) this.known.delete(oldest);
  }
}
