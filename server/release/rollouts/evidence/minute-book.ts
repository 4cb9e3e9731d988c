import { minuteMs } from "#server/base/durations.ts";
import { noPairs, withPair } from "#server/stats/sequential/dispersion.ts";
import type { MinuteBook, RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { burstyMetrics } from "./comparison-unit.ts";
import { isSplit } from "./gate-counts.ts";
import { sumOf } from "./sums.ts";

interface Timed {
  plan: RolloutPlan;
  state: RolloutState;
  counts: readonly RolloutCount[];
  now: number;
}

/** A block that took longer, as while no worker evaluated, is not a minute. */
const maxMinutes = 1.5;

/**
 * Closes a minute of the rollout and opens the next one: notes its units, and compares the serving version's bad units with those of the
 * minute before, which measures bursts while the rollout lasts. Minutes do not reach from one step into the next.
 */
export function withMinutes({ plan, state, counts, now }: Timed): RolloutState {
  if (state.phase !== "stepping" && state.phase !== "watching") return state;
  const book = state.minutes;
  if (!book || book.step !== state.step) {
    const kept = book ?? { sums: {}, flows: [] };
    return { ...state, minutes: opened({ ...kept, last: {} }, state.step, counts, now) };
  }
  const minutes = (now - book.openedAt) / minuteMs;
  if (minutes < 1) return state;
  if (minutes > maxMinutes) return { ...state, minutes: opened({ ...book, last: {} }, state.step, counts, now) };
  return { ...state, minutes: opened(closed(book, plan, counts), state.step, counts, now) };
}

type Kept = Pick<MinuteBook, "last" | "sums" | "flows">;

function opened(
  { last, sums, flows }: Kept,
  step: number,
  counts: readonly RolloutCount[],
  openedAt: number,
): MinuteBook {
  const inStep = counts.filter((row) => row.step === step && row.bin === 0 && burstyMetrics.includes(row.metric));
  const rows = inStep.map(({ metric, arm, units, events }) => ({ metric, arm, step, units, events }));
  return { openedAt, step, opened: rows, last, sums, flows };
}

/** Adds the minute that ends now. */
function closed(book: MinuteBook, plan: RolloutPlan, counts: readonly RolloutCount[]): Kept {
  const { step } = book;
  const [last, sums] = [{ ...book.last }, { ...book.sums }];
  let { flows } = book;
  for (const metric of new Set(counts.map((row) => row.metric))) {
    if (!burstyMetrics.includes(metric)) continue;
    const rows = counts.filter((row) => row.metric === metric);
    const since = (arm: "stable" | "canary" | "pair") => {
      const before = book.opened.find((row) => row.metric === metric && row.arm === arm);
      const now = sumOf(rows, arm, step);
      return { units: now.units - (before?.units ?? 0), events: now.events - (before?.events ?? 0) };
    };
    const stable = since("stable");
    const before = last[metric];
    if (isSplit(plan, step)) {
      if (before) sums[metric] = withPair(sums[metric] ?? noPairs, before, stable);
      last[metric] = stable;
    }
    const units = isSplit(plan, step) ? stable.units + since("canary").units : since("pair").units;
    const known = flows.find((flow) => flow.metric === metric && flow.step === step);
    const flow = {
      metric,
      step,
      units: (known?.units ?? 0) + units,
      squares: (known?.squares ?? 0) + units ** 2,
    };
    flows = [...flows.filter((each) => each !== known), flow];
  }
  return { last, sums, flows };
}
