import { expect, test } from "vitest";
import { ImpactCounts, type Incident } from "../contract.ts";
import type { TimelineEvent, TimelineKind } from "../timeline/contract.ts";
import { draftOf } from "./draft.ts";
import type { DraftFacts } from "./draft-contract.ts";
import { dueOn } from "./due-on.ts";

const at = (hour: number, minute: number) => new Date(Date.UTC(2026, 4, 4, hour, minute));
let events = 0;
const event = (when: Date, kind: TimelineKind, title: string, more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  id: ++events,
  at: when,
  recordedAt: when,
  kind,
  title,
  body: null,
  links: [],
  isProbableCause: false,
  actor: { kind: "system", name: "Leeway" },
  supersedes: null,
  ...more,
});

const id = "0195e2a0-0000-7000-8000-000000000001";
const deploy = event(at(9, 57), "change", "churn version 12 was deployed to churn", { isProbableCause: true });
const timeline = [
  deploy,
  event(at(10, 6), "alert", "Paged: churn fails | too fast"),
  event(at(10, 9), "ack", "Acknowledged by Ada"),
  event(at(10, 25), "message", "chat that nobody asked for"),
  event(at(10, 30), "rollback", "churn went back to churn version 11"),
  event(at(10, 31), "state", "Mitigated: the errors are gone"),
];
const incident: Incident = {
  id,
  number: 7,
  title: "churn rejects 20% of requests",
  severity: "SEV2",
  state: "resolved",
  mergedInto: null,
  endpointId: id,
  endpoint: "churn",
  cause: null,
  isFoundByMachine: true,
  startedAt: at(10, 0),
  detectedAt: at(10, 6),
  pagedAt: at(10, 6),
  acknowledgedAt: at(10, 9),
  mitigatedAt: at(10, 31),
  resolvedAt: at(11, 10),
  closedAt: null,
  impact: ImpactCounts.parse({
    badEvents: 1000,
    events: 5000,
    impactMinutes: 10,
    budgets: [{ sloId: id, name: "availability", spent: 0.231 }],
  }),
  team: null,
  runbook: null,
  lead: null,
  scribe: null,
  declaredBy: "Leeway",
  createdAt: at(10, 6),
  moves: [],
  links: [{ kind: "slo", ref: id, title: "availability", href: `/slos/${id}`, addedBy: "Leeway", at: at(10, 6) }],
  postMortem: null,
  needsPostMortem: true,
  revision: 3,
};
const facts: DraftFacts = {
  incident,
  timeline,
  actions: [],
  alerts: [{ groupId: id, title: "churn fails too fast", ruleKey: "slo:x", at: at(10, 6), verdict: "actionable" }],
  burns: [{ name: "availability", peak: { rate: 199.6, at: at(10, 4).getTime() }, before: 0.31 }],
  changes: [{ event: deploy, beforeStartMs: 180_000 }],
};
const draft = draftOf(facts).replaceAll("\u00a0", " ");
const section = (name: string) => draft.split("\n## ").find((part) => part.startsWith(`${name}\n`)) ?? "";

test("names the deployment before the start as the probable cause, with its event", () => {
  const words = `Probable cause: churn version 12 was deployed to churn at 09:57, 3 min before the start. ([${deploy.id}](/incidents/7?tab=timeline#event-${deploy.id}))`;
  expect(section("Summary")).toContain(words);
  expect(section("Contributing changes")).toContain(`1. ${words}`);
});

test("references the events in every derived sentence", () => {
  const sentences = draft
    .split("\n")
    .filter((line) => line !== "" && !/^(#|_|\||\[Chart)/.test(line))
    .filter((line) => !/\(\[\d+\]\(\/incidents\/7\?tab=timeline#event-\d+\)/.test(line));
  expect(sentences).toEqual([]);
});

test("includes impact, detection, burn rate and feedback as counted, but no chat", () => {
  expect(section("Impact")).toContain("| Bad events | 1,000 of 5,000 |");
  expect(section("Impact")).toContain("| Error budget of availability | 23.1% spent |");
  expect(section("Detection")).toContain("Detected by alert after 6 min: churn fails too fast.");
  expect(section("Detection")).toContain("Acknowledged 3 min after the page");
  expect(section("Burn rate")).toContain("peaked at a burn rate of 200 (5 min, at 10:04)");
  expect(section("Alerting improvements")).toContain("was rated actionable");
  expect(section("Timeline")).toContain("churn fails \\| too fast");
  expect(draft).not.toContain("chat");
});

test("names who detected the incident, and reports missing alerts and changes", () => {
  const found = { ...incident, isFoundByMachine: false, declaredBy: "Ada", pagedAt: null };
  const quiet = draftOf({ ...facts, incident: found, alerts: [], changes: [], burns: [] }).replaceAll("\u00a0", " ");
  expect(quiet).toContain("Detected by Ada after 6 min; no alert fired.");
  expect(quiet).toContain("No changes were recorded");
  expect(quiet).toContain("No alert is linked.");
});

test("is due after five working days", () => {
  // A Monday, a Friday and a Saturday.
  expect([dueOn(at(11, 0)), dueOn(new Date("2026-05-08T23:00Z")), dueOn(new Date("2026-05-09T01:00Z"))]).toEqual([
    "2026-05-11",
    "2026-05-15",
    "2026-05-15",
  ]);
});
