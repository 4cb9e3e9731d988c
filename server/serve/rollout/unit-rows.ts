import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import type { Routed } from "./count-rows.ts";
import type { CountedRequest } from "./counted-request.ts";
import { RecentSet } from "./recent-set.ts";

/** Maximum number of stored facts to remember, so that they are not sent again. */
const maxKnown = 200_000;
/** Units that wait for Postgres; while it is away for long, further ones are not counted, whatever their arm. */
const maxQueued = 500_000;

/** The first time that a unit counts in a metric. */
export interface UnitEvent extends Routed {
  metric: GuardrailMetric;
  bin: number;
  value: number;
}

/** A unit with what is to be stored of it. */
export interface SeenUnit extends Routed {
  unit: string;
  arm: "stable" | "canary";
  events: UnitEvent[];
}

/** Units that are keys: each counts once, and in a metric once more, at the first event. */
export class UnitRows {
  private waiting = new Map<string, SeenUnit>();
  private readonly known = new RecentSet(maxKnown);

  get hasChanged(): boolean {
    return this.waiting.size > 0;
  }

  /** Records a routed request of a unit. */
  see(request: CountedRequest): void {
    if (!this.known.has(request.unit)) this.unitOf(request);
  }

  /** Adds a unit's first event in a metric. @param value of means */
  add(metric: GuardrailMetric, request: CountedRequest, bin = 0, value = 0): void {
    if (this.known.has(`${request.unit} ${metric}`)) return;
    const events = this.unitOf(request)?.events;
    if (!events || events.some((event) => event.metric === metric)) return;
    const { arm, step, weight } = request;
    events.push({ metric, bin, value, arm, step, weight });
  }

  take(): SeenUnit[] {
    const batch = [...this.waiting.values()];
    this.waiting = new Map();
    return batch;
  }

  /** Postgres has them. */
  confirm(units: readonly SeenUnit[]): void {
    for (const { unit, events } of units) {
      this.known.add(unit);
      for (const { metric } of events) this.known.add(`${unit} ${metric}`);
    }
  }

  /** Restores rows that could not be stored, for the next attempt; first occurrences stay first. */
  restoreRows(units: readonly SeenUnit[]): void {
    for (const unit of units) {
      const later = this.waiting.get(unit.unit)?.events ?? [];
      const further = later.filter(({ metric }) => unit.events.every((event) => event.metric !== metric));
      this.waiting.set(unit.unit, { ...unit, events: [...unit.events, ...further] });
    }
  }

  private unitOf({ unit, arm, step, weight }: CountedRequest): SeenUnit | undefined {
    let seen = this.waiting.get(unit);
    if (!seen && this.waiting.size < maxQueued) {
      seen = { unit, arm, step, weight, events: [] };
      this.waiting.set(unit, seen);
    }
    return seen;
  }
}
