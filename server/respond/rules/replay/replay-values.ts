import { minuteMs } from "#server/base/durations.ts";
import { type RuleStatus, stepRule } from "../../../alerting/alerts/rules/step-rule.ts";
import { exceeds } from "../kinds/exceeds.ts";
import type { SpecOf } from "../kinds/spec-of.ts";

/** Value that a rule would have read at one moment, ms since 1970; null where nothing was measured. */
export interface ReadValue {
  at: number;
  value: number | null;
}

interface Replayed {
  episodes: { from: number; to: number | null }[];
  firingMinutes: number;
  minutes: number;
}

/** Replays a threshold on past values, one a minute and oldest first, with the same state machine as live evaluation. */
export function replayValues(values: readonly ReadValue[], spec: SpecOf<"threshold">): Replayed {
  const replayed: Replayed = { episodes: [], firingMinutes: 0, minutes: 0 };
  let partState: RuleStatus | undefined;
  for (const { at, value } of values) {
    const isTrue = value === null ? null : exceeds(value, spec.op, spec.value);
    const { change, ...next } = stepRule(partState, { isTrue, now: at, forMs: spec.forMinutes * minuteMs });
    partState = next;
    const last = replayed.episodes.at(-1);
    if (change === "fired") replayed.episodes.push({ from: at, to: null });
    if (change === "resolved" && last) last.to = at;
    if (next.state === "firing") replayed.firingMinutes += 1;
    if (value !== null) replayed.minutes += 1;
  }
  return replayed;
}
