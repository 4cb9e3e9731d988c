import { expect, test } from "vitest";
import type { IncidentState } from "../contract.ts";
import { decideMerge, type Mergeable } from "./decide-merge.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 2, minute));
const incident = (more: Partial<Mergeable> = {}): Mergeable => ({
  state: "triage",
  severity: "SEV2",
  startedAt: at(10),
  detectedAt: at(14),
  pagedAt: at(14),
  acknowledgedAt: null,
  endpointId: "eu",
  teamId: null,
  runbookId: null,
  ...more,
});

test("is as severe as the worse, since the earlier start, and keeps what is its own", () => {
  const part = incident({ severity: "SEV1", startedAt: at(5), endpointId: "us", teamId: "nights", pagedAt: at(16) });
  expect(decideMerge(part, incident()).facts).toEqual({
    severity: "SEV1",
    startedAt: at(5),
    detectedAt: at(14),
    pagedAt: at(14),
    acknowledgedAt: null,
    endpointId: "eu",
    teamId: "nights",
    runbookId: null,
  });
  expect(decideMerge(incident(), part).facts.severity).toBe("SEV1");
  expect(decideMerge(incident(), incident({ endpointId: null, pagedAt: null })).facts).toMatchObject({
    endpointId: "eu",
    pagedAt: at(14),
  });
});

test.each<[IncidentState, IncidentState, boolean]>([
  ["triage", "triage", false],
  ["triage", "active", false],
  ["triage", "mitigated", true],
  ["active", "triage", true],
  ["active", "active", false],
  ["active", "mitigated", true],
  ["mitigated", "triage", false],
  ["mitigated", "active", false],
  ["mitigated", "mitigated", false],
])("merging one in %s into one that is %s activates it: %s", (part, whole, becomesActive) => {
  expect(decideMerge(incident({ state: part }), incident({ state: whole })).becomesActive).toBe(becomesActive);
});

test("is acknowledged since one of them was, but not by what is over", () => {
  const acknowledgedAt = at(20);
  const acknowledged = (part: IncidentState, whole: IncidentState) =>
    decideMerge(incident({ state: part, acknowledgedAt }), incident({ state: whole })).facts.acknowledgedAt;
  expect(acknowledged("active", "triage")).toEqual(acknowledgedAt);
  expect(acknowledged("active", "active")).toEqual(acknowledgedAt);
  expect(acknowledged("mitigated", "triage")).toBeNull();
});
