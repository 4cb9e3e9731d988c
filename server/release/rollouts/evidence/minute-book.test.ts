import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { arms, newPlan, newState, startedAt } from "../../../testing/fixtures/rollouts/machine/testing.ts";
import { withMinutes } from "./minute-book.ts";

const plan = newPlan();
const at = (canary: [number, number], stable: [number, number]) => arms({ canary, stable });

function follow(moments: readonly { seconds: number; counts: RolloutCount[] }[], from = newState()): RolloutState {
  return moments.reduce(
    (state, { seconds, counts }) => withMinutes({ plan, state, counts, now: startedAt + seconds * 1000 }),
    from,
  );
}

test("compares each minute of the serving version with the one before, and notes the units of both", () => {
  const { minutes } = follow([
    { seconds: 0, counts: [] },
    { seconds: 30, counts: at([30, 9], [270, 9]) },
    { seconds: 60, counts: at([60, 1], [540, 2]) },
    { seconds: 120, counts: at([120, 9], [1080, 12]) },
  ]);
  // 2 and 10 of 540 each: (2 - 6)^2, where independent events have 12 / 4.
  expect(minutes?.sums.errors).toEqual({ blocks: 1, pairs: 1, squares: 16, expected: 3, sized: 1620 });
  expect(minutes?.flows).toEqual([{ metric: "errors", step: 0, units: 1200, squares: 720_000 }]);
});

test("takes no minute from one step into the next, nor one that lasted longer", () => {
  const first = follow([
    { seconds: 0, counts: [] },
    { seconds: 60, counts: at([60, 1], [540, 2]) },
  ]);
  const next = withMinutes({
    plan,
    state: { ...first, step: 1, weight: 0.5 },
    counts: at([60, 1], [540, 2]),
    now: startedAt + 2 * minuteMs,
  });
  expect(next.minutes).toMatchObject({ step: 1, last: {}, sums: {} });
  const late = withMinutes({ plan, state: first, counts: at([600, 1], [5400, 20]), now: startedAt + 10 * minuteMs });
  expect(late.minutes).toMatchObject({ last: {}, sums: {}, flows: first.minutes?.flows });
});

test("keeps no minutes before the first step and after the end", () => {
  expect(follow([{ seconds: 0, counts: [] }], newState({ phase: "starting" })).minutes).toBeUndefined();
  expect(follow([{ seconds: 0, counts: [] }], newState({ phase: "promoted" })).minutes).toBeUndefined();
});
