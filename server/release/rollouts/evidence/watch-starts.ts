import { hourMs } from "#server/base/durations.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";

/** Maximum number of gates that start during monitoring; a longer monitoring starts them less often, which keeps the stored state small. */
const maxStarts = 48;

/** Returns the number of gates that start during monitoring, about one an hour: fixed before the rollout. */
export function watchStarts({ watch }: RolloutPlan): number {
  return Math.min(maxStarts, Math.ceil((watch.seconds * 1000) / hourMs));
}

/** Returns the times of one start of monitoring, from 0, in milliseconds since 1970. */
export function watchedHour(
  plan: RolloutPlan,
  { stepStartedAt }: Pick<RolloutState, "stepStartedAt">,
  start: number,
): { from: number; to: number } {
  const everyMs = (plan.watch.seconds * 1000) / Math.max(1, watchStarts(plan));
  return { from: stepStartedAt + start * everyMs, to: stepStartedAt + (start + 1) * everyMs };
}

interface Watched {
  plan: RolloutPlan;
  state: RolloutState;
  counts: readonly RolloutCount[];
  now: number;
}

/**
 * Returns the state with the counts at each start of monitoring so far. The complete monitoring is counted under one step, and a gate that
 * starts later uses only the counts after its start: otherwise hours without problems would delay the detection of a regression.
 */
export function withWatchMarks({ plan, state, counts, now }: Watched): RolloutState {
  const starts = watchStarts(plan);
  if (state.phase !== "watching" || starts === 0) return state;
  const everyMs = (plan.watch.seconds * 1000) / starts;
  const started = Math.min(starts - 1, Math.floor((now - state.stepStartedAt) / everyMs));
  const marks = state.watchMarks ?? [];
  if (marks.length >= started) return state;
  const mark = counts.flatMap(({ step, bin, arm, metric, units, events, misses, sum }) => {
    return step === plan.steps.length && bin === 0 && arm !== "stable"
      ? [{ metric, arm, units, events, misses, sum }]
      : [];
  });
  return { ...state, watchMarks: [...marks, ...Array.from({ length: started - marks.length }, () => mark)] };
}

/** Splits the counts of monitoring at its marks: the counts after the first mark form another step, and so on. */
export function splitWatch(
  rows: readonly RolloutCount[],
  plan: RolloutPlan,
  { watchMarks: monitoringBaselines = [] }: RolloutState,
): RolloutCount[] {
  return rows.flatMap((row) => {
    if (row.step !== plan.steps.length || row.bin !== 0 || monitoringBaselines.length === 0) return [row];
    const none = { units: 0, events: 0, misses: 0, sum: 0 };
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
        sum: Math.max(0, (end.sum ?? 0) - (from.sum ?? 0)),
      };
    });
  });
}

/** Returns the current step, where starts of monitoring count as steps. */
export function currentStart(
  { steps }: RolloutPlan,
  { step, watchMarks: monitoringBaselines = [] }: RolloutState,
): number {
  return step < steps.length ? step : steps.length + monitoringBaselines.length;
}
