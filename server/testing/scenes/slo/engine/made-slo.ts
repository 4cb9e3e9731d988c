import { minuteMs } from "#server/base/durations.ts";
import type { SloDefinition } from "../../../../watch/objectives/contract.ts";
import type { MinuteCounts } from "../../../../watch/objectives/indicators/contract.ts";
import { standardRules } from "../../../../watch/slo/engine/standard-rules.ts";

const endpointId = "6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c11";

/** An availability of 99.9% over 30 rolling days with standard rules, unless told otherwise. */
export function madeDefinition(changes: Partial<SloDefinition> = {}): SloDefinition {
  const period = changes.period ?? { kind: "rolling", days: 30 };
  const indicator = changes.indicator === undefined ? { kind: "availability" as const, endpointId } : changes.indicator;
  return {
    displayName: "",
    description: "",
    service: "churn",
    target: 0.999,
    period,
    budgeting: { method: "occurrences" },
    indicator,
    composite: null,
    rules: standardRules(period, indicator?.kind ?? null),
    labels: {},
    freezes: true,
    foreign: {},
    ...changes,
  };
}

export const madeStart = Date.UTC(2026, 3, 1);

/** So many minutes of `perMinute` events, of which `bad` of a minute fail. */
export function madeCounts(minutes: number, perMinute: number, bad: (minute: number) => number): MinuteCounts {
  const total = new Float64Array(minutes).fill(perMinute);
  return { start: madeStart, total, good: total.map((all, minute) => all - bad(minute)) };
}

/** The end of so many minutes from the start of made counts. */
export function madeMinute(minute: number): number {
  return madeStart + minute * minuteMs;
}
