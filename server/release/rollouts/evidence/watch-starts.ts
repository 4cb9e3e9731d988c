import { hourMs } from "#server/base/durations.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** A longer watch starts gates less often, so that what is kept of it stays small. */
const maxStarts = 48;

/** How many gates start while watching, about one an hour: fixed before the rollout. */
export function watchStarts({ watch }: RolloutPlan): number {
  return Math.min(maxStarts, Math.ceil((watch.seconds * 1000) / hourMs));
}

interface Watched {
  plan: RolloutPlan;
  state: RolloutState;
  counts: readonly RolloutCount[];
  now: number;
}

/**
 * The state with what had been counted of the watch at each start that has come. Counts lie under one step for the whole watch, and a
 * gate that starts later looks only at what came after it: else hours of health would have to be paid off before harm shows.
 */
export function withWatchMarks({ plan, state, counts, now }: Watched): RolloutState {
  const starts = watchStarts(plan);
  if (state.phase !== "watching" || starts === 0) return state;
  const everyMs = (plan.watch.seconds * 1000) / starts;
  const started = Math.min(starts - 1, Math.floor((now - state.stepStartedAt) / everyMs));
  const marks = state.watchMarks ?? [];
  if (marks.length >= started) return state;
  const mark = counts.flatMap(({ step, bin, arm, metric, units, events, misses }) => {
    return step === plan.steps.length && bin === 0 && arm !== "stable" ? [{ metric, arm, units, events, misses }] : [];
  });
  return { ...state, watchMarks: [...marks, ...Array.from({ length: started - marks.length }, () => mark)] };
}

/** Counts with the watch taken apart at its marks: what came after the first is a step more, and so on. */
export function splitWatch(
  rows: readonly RolloutCount[],
  plan: RolloutPlan,
  { watchMarks: monitoringBaselines = [] }: RolloutState,
): RolloutCount[] {
  return rows.flatMap((row) => {
    if (row.step !== plan.steps.length || row.bin !== 0 || monitoringBaselines.length === 0) return [row];
    const none = { units: 0, events: 0, misses: 0 };
    const ends = monitoringBaselines.map(
      (mark) => mark.find((one) => one.metric === row.metric && one.arm === row.arm) ?? none,
    );
    return [...ends, row].map((end, start) => {
      const from = ends[start - 1] ?? none;
      return {
        ...row,
        step: row.step + start,
        units: Math.max(0, end.units - from.units),
        events: Math.max(0, end.events - from.events),
        misses: Math.max(0, end.misses - from.misses),
      };
    });
  });
}

/** The step that is on, with starts of the watch counted as steps. */
export function currentStart(
  { steps }: RolloutPlan,
  { step, watchMarks: monitoringBaselines = [] }: RolloutState,
): number {
  return step < steps.length ? step : steps.length + monitoringBaselines.length;
}
