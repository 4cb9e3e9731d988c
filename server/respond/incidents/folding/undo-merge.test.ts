import { expect, test } from "vitest";
import { changedColumns, type Rest, type RestPart, rebaseMerge, type shapeOf, undoMerge } from "./undo-merge.ts";

const at = (minute: number) => Date.UTC(2026, 10, 30, 2, minute);
const shape = (more: Partial<ReturnType<typeof shapeOf>> = {}): ReturnType<typeof shapeOf> => ({
  severity: "SEV3",
  startedAt: at(10),
  detectedAt: at(14),
  endpointId: "eu",
  state: "triage",
  pagedAt: null,
  acknowledgedAt: null,
  mitigatedAt: null,
  ...more,
});
const part = (more: Partial<RestPart> = {}): RestPart => ({
  severity: "SEV4",
  state: "triage",
  startedAt: at(20),
  detectedAt: at(20),
  pagedAt: null,
  acknowledgedAt: null,
  endpointId: null,
  ...more,
});
const rest = (more: Partial<Rest> = {}): Rest => ({
  later: [],
  endpointIds: new Set(),
  hasNewPage: false,
  started: [],
  acknowledgedAt: null,
  isMoved: false,
  ...more,
});

const before = shape({ endpointId: null });
const after = shape({
  severity: "SEV1",
  startedAt: at(5),
  detectedAt: at(6),
  state: "active",
  pagedAt: at(6),
  acknowledgedAt: at(8),
});

test("undoes what nobody has changed since", () => {
  expect(undoMerge({ before, after }, after, rest())).toEqual(before);
  const changed = { ...after, severity: "SEV2" as const, startedAt: at(7), endpointId: "asia", acknowledgedAt: at(9) };
  expect(undoMerge({ before, after }, changed, rest())).toEqual({
    ...before,
    severity: "SEV2",
    startedAt: at(7),
    endpointId: "asia",
    acknowledgedAt: at(9),
  });
});

test("leaves facts of which an older row stores nothing", () => {
  const { state, pagedAt, acknowledgedAt, mitigatedAt, ...old } = before;
  const { severity, startedAt, detectedAt, endpointId } = after;
  const undone = undoMerge({ before: old, after: { severity, startedAt, detectedAt, endpointId } }, after, rest());
  expect(undone).toEqual({ ...after, ...old });
});

test("is no less severe, and begins no later, than what stays", () => {
  const undone = (more: Partial<Rest>) => undoMerge({ before, after }, after, rest(more));
  expect(undone({ later: [part({ severity: "SEV2", startedAt: at(8), detectedAt: at(9) })] })).toMatchObject({
    severity: "SEV2",
    startedAt: at(8),
    detectedAt: at(9),
  });
  expect(undone({ hasNewPage: true }).severity).toBe("SEV2");
  expect(undone({ later: [part()] }).severity).toBe("SEV3");
  expect(undone({ started: [{ startedAt: at(7), detectedAt: at(30) }] })).toMatchObject({
    startedAt: at(7),
    detectedAt: at(14),
  });
});

test("drops its endpoint only if nothing that stays is about it", () => {
  const undone = (more: Partial<Rest>) => undoMerge({ before, after }, after, rest(more)).endpointId;
  expect(undone({ endpointIds: new Set(["eu"]) })).toBe("eu");
  expect(undone({ later: [part({ endpointId: "us" })], endpointIds: new Set(["us"]) })).toBe("us");
  expect(undone({ endpointIds: new Set(["us"]) })).toBeNull();
});

test("is unacknowledged and in its state again, unless something that stays says otherwise or somebody moved it", () => {
  const undone = (more: Partial<Rest>, from = before, to = after) => {
    const { state, acknowledgedAt, mitigatedAt } = undoMerge({ before: from, after: to }, to, rest(more));
    return [state, acknowledgedAt, mitigatedAt];
  };
  expect(undone({})).toEqual(["triage", null, null]);
  expect(undone({ isMoved: true })).toEqual(["active", at(8), null]);
  expect(undone({ acknowledgedAt: at(30) })).toEqual(["active", at(30), null]);
  expect(undone({ later: [part({ state: "active", acknowledgedAt: at(9) })] })).toEqual(["active", at(9), null]);
  // It was mitigated already, so it confirms nothing.
  expect(undone({ later: [part({ state: "mitigated", acknowledgedAt: at(9) })] })).toEqual(["triage", null, null]);
  const mitigated = shape({ state: "mitigated", acknowledgedAt: at(4), mitigatedAt: at(12) });
  const reactivated = shape({ state: "active", acknowledgedAt: at(4) });
  expect(undone({}, mitigated, reactivated)).toEqual(["mitigated", at(4), at(12)]);
  expect(undone({ hasNewPage: true }, mitigated, reactivated)).toEqual(["active", at(4), null]);
  expect(undone({ later: [part()] }, mitigated, reactivated)).toEqual(["active", at(4), null]);
});

test("leads back to what was before both, in whichever order they are split off", () => {
  const origin = shape({ severity: "SEV4" });
  const first = { before: origin, after: shape({ severity: "SEV2", startedAt: at(2) }) };
  const second = { before: first.after, after: first.after };
  const stays = rest({ later: [part({ severity: "SEV2", startedAt: at(6) })] });
  const one = undoMerge(first, second.after, stays);
  expect(one).toMatchObject({ severity: "SEV2", startedAt: at(6) });
  const rebased = rebaseMerge(second, first, second.after, one);
  expect(undoMerge(rebased, one, rest())).toEqual(origin);
  expect(undoMerge(first, undoMerge(second, second.after, rest()), rest())).toEqual(origin);
  // What someone changed between the merges is not the first one's.
  const between = { before: shape({ severity: "SEV3" }), after: shape({ severity: "SEV1" }) };
  expect(rebaseMerge(between, first, between.after, between.after)).toEqual(between);
});

test("changes the columns that differ, with times", () => {
  expect(changedColumns(after, { ...after, acknowledgedAt: null, startedAt: at(9) })).toEqual({
    acknowledgedAt: null,
    startedAt: new Date(at(9)),
  });
  expect(changedColumns(after, after)).toEqual({});
});
