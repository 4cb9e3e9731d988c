import type { RetrainingCycleState } from "#server/improve/retraining/cycles/states.ts";
import type { Random } from "#server/stats/random.ts";

export const targets = ["worker", "web", "gateway", "postgres", "wrapper", "engine"] as const;
export type Target = (typeof targets)[number];

/** States at which something is killed. "cancelled": from a person's request to end it, until it has ended. */
const drilledStates = [
  "requested",
  "checking-data",
  "training",
  "evaluating",
  "gating",
  "approving",
  "rolling-out",
  "cancelled",
] as const satisfies readonly RetrainingCycleState[];
export type DrilledState = (typeof drilledStates)[number];

export interface Fault {
  state: DrilledState;
  target: Target;
}

/** After so many faults that came too late, a state is too short for its target. */
const maxMisses = 3;

/** Processes of the engine run during the training alone; what a cancelled cycle stops of them is up to the other targets. */
const isPossible = ({ state, target }: Fault) => !["wrapper", "engine"].includes(target) || state === "training";

/** Which targets were killed at which states, and what comes next: what was hit least, in an order of the seed. */
export class Combinations {
  private readonly counted = drilledStates
    .flatMap((state) => targets.map((target) => ({ state, target, hits: 0, misses: 0, turn: 0 })))
    .filter(isPossible);
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** Returns the faults of the next cycle: one, and a second one two states later or more, by which it has recovered from the first. */
  next(): Fault[] {
    const first = this.pick(({ hits, misses }) => hits > 0 || misses < maxMisses);
    if (!first || first.state === "cancelled") return first ? [first] : [];
    const distance = ({ state }: Fault) => drilledStates.indexOf(state) - drilledStates.indexOf(first.state);
    const second = this.pick(
      (one) => Math.abs(distance(one)) >= 2 && one.state !== "cancelled" && one.hits === 0 && one.misses < maxMisses,
    );
    return second ? [first, second].sort((a, b) => distance(a) - distance(b)) : [first];
  }

  private pick(isWanted: (one: Fault & { hits: number; misses: number }) => boolean): Fault | undefined {
    for (const one of this.counted) one.turn = this.random();
    const [least] = this.counted
      .filter(isWanted)
      .sort((a, b) => a.hits - b.hits || a.misses - b.misses || a.turn - b.turn);
    return least && { state: least.state, target: least.target };
  }

  /** Counts a fault, or that its state had passed before it came. */
  note({ state, target }: Fault, isHit: boolean): void {
    const one = this.counted.find((other) => other.state === state && other.target === target);
    if (one) one[isHit ? "hits" : "misses"] += 1;
  }

  get hit(): number {
    return this.counted.filter(({ hits }) => hits > 0).length;
  }

  get size(): number {
    return this.counted.length;
  }

  /** Hits of each target by state, for console.table; "-" where nothing of the target runs. */
  table(): Record<string, Record<string, number | string>> {
    const cell = (state: string, target: string) => {
      const one = this.counted.find((other) => other.state === state && other.target === target);
      if (!one) return "-";
      return one.misses > 0 ? `${one.hits} (${one.misses} late)` : one.hits;
    };
    return Object.fromEntries(
      drilledStates.map((state) => [state, Object.fromEntries(targets.map((target) => [target, cell(state, target)]))]),
    );
  }

  /** What was never hit, in words. */
  left(): string[] {
    return this.counted
      .filter(({ hits }) => hits === 0)
      .map(({ state, target, misses }) => `${target} at ${state}: ${misses > 0 ? `late ${misses} times` : "no turn"}`);
  }
}
