/** Maximum number of concurrent deliveries: per worker; per receiver; and to all slow or unresponsive receivers in total. */
const most = 32;
const maxEach = 4;
const maxSlow = 8;
/** Milliseconds after which a response, or a failure, marks a receiver as slow. */
const slowMs = 2_000;
/** Receivers that are remembered; those that were served last. */
const maxKnown = 10_000;

/**
 * Allocates slots to receivers. They take turns however many deliveries are queued for each; an unknown one gets one slot until it has
 * responded quickly; and slow ones share a quarter of the slots, so that any number of dead ones leaves the rest to the others.
 */
export class Turns {
  /** Speed of each receiver's last delivery, the least recently served first. */
  private readonly known = new Map<string, { isSlow: boolean | undefined }>();

  /**
   * Allocates the free slots and counts the receivers as served.
   * @param due receivers with due deliveries, longest overdue first
   * @param inFlight the receiver of each delivery in flight
   * @returns slots by receiver
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

  /** @param durationMs time until the receiver responded or failed */
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
