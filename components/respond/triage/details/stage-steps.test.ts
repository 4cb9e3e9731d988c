import { expect, test } from "vitest";
import type { Chosen } from "../board-types.ts";
import { stageSteps } from "./stage-steps.ts";

const now = 1_800_000_000_000;
const at = (minutes: number) => now - minutes * 60_000;
const clock = (time: number) => `-${Math.round((now - time) / 60_000)}`;

function incident(stage: Partial<NonNullable<Chosen["row"]["stage"]>>, row: Partial<Chosen["row"]> = {}) {
  const base = { stage: "act", since: at(6), burn: 0.2, calmAt: null, action: null, failed: [], words: "" } as const;
  return {
    startedAt: at(23),
    row: { state: "unacknowledged", owner: null, alerts: 6, ...row, stage: { ...base, ...stage } },
  } as Parameters<typeof stageSteps>[0];
}

const action = { kind: "rollback", title: "Rolled back fraud to v31", by: "Ines", at: at(8), burn: 31 } as const;

test("says how long nothing was done, and who has it", () => {
  const [act, watch, resolve] = stageSteps(incident({ stage: "act" }), now, clock);
  expect(act).toMatchObject({ state: "current", time: "23\u00a0min so far", words: "Not acknowledged" });
  expect(watch).toMatchObject({ state: "later", time: "10\u00a0min" });
  expect(resolve).toMatchObject({ state: "later", time: "", words: "Ends with 6 alerts firing" });
});

test("counts the calm minutes while recovery is watched", () => {
  const [act, watch, resolve] = stageSteps(incident({ stage: "watch", action, calmAt: at(-4) }), now, clock);
  expect(act).toMatchObject({ state: "done", time: "15\u00a0min", words: "Rolled back fraud to v31, -8 by Ines" });
  expect(watch).toMatchObject({ state: "current", time: "6 of 10\u00a0min", words: "Below 1× since -6, until --4" });
  expect(resolve).toMatchObject({ state: "later", time: "at --4" });
});

test("says that the burn rate is not below 1 yet", () => {
  const [, watch] = stageSteps(incident({ stage: "watch", action, since: at(3) }), now, clock);
  expect(watch).toMatchObject({ state: "current", time: "3\u00a0min", words: "Not below 1× yet" });
});

test("asks to resolve what has been calm", () => {
  const [act, watch, resolve] = stageSteps(incident({ stage: "resolve", since: at(2) }), now, clock);
  expect(act).toMatchObject({ state: "done", time: "11\u00a0min", words: "Nothing was done; the burn rate fell" });
  expect(watch).toMatchObject({ state: "done" });
  expect(resolve).toMatchObject({ state: "current", time: "for 2\u00a0min", words: "Calm since -12" });
});

test("shows none for a ticket", () => {
  const { startedAt, row } = incident({});
  expect(stageSteps({ startedAt, row: { ...row, stage: null } }, now, clock)).toEqual([]);
});
