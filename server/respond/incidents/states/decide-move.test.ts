import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { type IncidentState, incidentStates } from "../contract.ts";
import { isRaised, type MoveFacts, needsPostMortem, refusalOf, timesOf } from "./decide-move.ts";

const now = Date.UTC(2026, 4, 4, 12);
const facts = (state: IncidentState, more: Partial<MoveFacts> = {}): MoveFacts => ({
  state,
  resolvedAt: now - hourMs,
  needsPostMortem: false,
  postMortem: null,
  ...more,
});

test("allows exactly the transitions of docs/spec/alerting.md section 19", () => {
  const allowed = incidentStates.flatMap((from) =>
    incidentStates.filter((to) => refusalOf(facts(from), to, now) === undefined).map((to) => `${from} → ${to}`),
  );
  expect(allowed).toEqual([
    "triage → active",
    "triage → cancelled",
    "active → mitigated",
    "active → resolved",
    "active → cancelled",
    "mitigated → active",
    "mitigated → resolved",
    "resolved → active",
    "resolved → closed",
    "cancelled → triage",
  ]);
});

test("reopens within a day of being resolved, not later", () => {
  const resolved = (hours: number) => facts("resolved", { resolvedAt: now - hours * hourMs });
  expect(refusalOf(resolved(24), "active", now)).toBeUndefined();
  expect(refusalOf(resolved(25), "active", now)).toContain("Declare a new incident");
});

test("closes a severe incident only with a completed or waived post-mortem", () => {
  const closing = (postMortem: MoveFacts["postMortem"]) =>
    refusalOf(facts("resolved", { needsPostMortem: true, postMortem }), "closed", now);
  expect([closing(null), closing("draft")].every((words) => words?.includes("post-mortem"))).toBe(true);
  expect([closing("done"), closing("waived")]).toEqual([undefined, undefined]);
  expect(needsPostMortem("SEV2", [])).toBe(true);
  expect(needsPostMortem("SEV3", [{ spent: 0.2 }])).toBe(false);
  expect(needsPostMortem("SEV4", [{ spent: 0.21 }])).toBe(true);
});

test("sets timestamps when states are entered, and clears them when reopened", () => {
  const at = new Date(now);
  const known = { state: "mitigated" as const, acknowledgedAt: new Date(1), mitigatedAt: new Date(2) };
  const active = { acknowledgedAt: new Date(1), mitigatedAt: null, resolvedAt: null };
  expect(timesOf("active", at, { ...known, state: "triage" })).toEqual(active);
  expect(timesOf("active", at, known)).toEqual({ ...active, reopenedAt: at });
  const unconfirmed = { ...known, acknowledgedAt: null };
  expect(timesOf("active", at, unconfirmed)).toEqual({ ...active, acknowledgedAt: null, reopenedAt: at });
  expect(timesOf("active", at, { ...unconfirmed, state: "triage" })).toMatchObject({ acknowledgedAt: at });
  expect(timesOf("resolved", at, known)).toEqual({ mitigatedAt: new Date(2), resolvedAt: at });
  expect(timesOf("resolved", at, { ...known, acknowledgedAt: null, mitigatedAt: null }).mitigatedAt).toEqual(at);
  expect([isRaised("SEV3", "SEV2"), isRaised("SEV2", "SEV2"), isRaised("SEV1", "SEV4")]).toEqual([true, false, false]);
});

test("lets only the worker end the impact of an incident that nobody has confirmed", () => {
  const triage = { state: "triage", resolvedAt: null, needsPostMortem: false, postMortem: null } as const;
  expect(refusalOf({ ...triage, isAutomatic: true }, "mitigated", now)).toBeUndefined();
  expect(refusalOf({ ...triage, isAutomatic: true }, "resolved", now)).toContain("cannot become resolved");
  expect(refusalOf(triage, "mitigated", now)).toContain("cannot become mitigated");
});
