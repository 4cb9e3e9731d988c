import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { Change, ChangeKind } from "#server/respond/changes/contract.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { concludeCause } from "./conclude-cause.ts";
import { canChangeCause, canFindingCause, type Effect, effectOf } from "./possible-causes.ts";

const startedAt = Date.UTC(2026, 4, 4, 10);
const finding = (kind: string, more: Partial<Finding> = {}): Finding => ({
  id: kind,
  endpointId: "e",
  endpoint: "flights",
  versionId: null,
  watcher: "integrity",
  kind,
  feature: "carrier",
  segment: "",
  severity: "ticket",
  words: `\`carrier\`: ${kind}.`,
  evidence: {},
  closedAt: null,
  openedAt: new Date(startedAt - 2 * minuteMs),
  seenAt: new Date(startedAt),
  ...more,
});
const change = (kind: ChangeKind, minutesBefore = 3): Change => ({
  id: `${kind}:1`,
  kind,
  title: `A ${kind}`,
  at: new Date(startedAt - minutesBefore * minuteMs),
  actor: "Ada",
  href: null,
  before: null,
  after: null,
  endpointId: "e",
});
const none = { startedAt, changes: [], findings: [], segments: [], versions: [] };

// Rows: what happened. Columns: whether it can cause errors, latency, stale features, wrong predictions, late labels, bad data, cost.
const effects: Effect[] = ["errors", "latency", "freshness", "quality", "labels", "data", "cost"];
test.each<[string, string]>([
  ["deploy", "errors latency quality data cost"],
  ["rollout", "errors latency quality data cost"],
  ["rollback", "errors latency quality data cost"],
  ["config", "errors latency freshness quality data cost"],
  ["data", "errors freshness quality labels data"],
  ["schema", "errors freshness quality labels data"],
  ["flag", "errors latency freshness quality labels data cost"],
  ["freeze", ""],
])("a change of kind %s can cause: %s", (kind, expected) => {
  expect(effects.filter((effect) => canChangeCause(kind as ChangeKind, effect)).join(" ")).toBe(expected);
});

test.each<[string, Partial<Finding>, string]>([
  ["missing input", {}, "data"],
  ["wrong type", {}, "data"],
  ["extra input", {}, "data"],
  ["missing input", { evidence: { rejected: 5, clipped: 0, flagged: 2 } }, "errors quality data"],
  ["missing values", {}, "errors quality data"],
  ["unit changed", {}, "errors quality data"],
  ["stale features", {}, "freshness quality data"],
  ["volume", {}, "latency data cost"],
  ["late labels", {}, "labels"],
  ["drift", { watcher: "drift" }, "quality data"],
  ["prediction drift", { watcher: "drift" }, ""],
  ["canary drift", { watcher: "drift" }, ""],
  ["estimated quality", { watcher: "estimate" }, ""],
])("the finding %s with %o can cause: %s", (kind, more, expected) => {
  expect(effects.filter((effect) => canFindingCause(finding(kind, more), effect)).join(" ")).toBe(expected);
});

test("knows the effect of an SLO, else of a monitor, and of neither", () => {
  expect(effectOf({ indicator: "realised-quality", watcher: "integrity" })).toBe("quality");
  expect(effectOf({ indicator: null, watcher: "integrity" })).toBe("data");
  expect(effectOf({ indicator: "posted", watcher: null })).toBeNull();
  expect(effectOf({ indicator: null, watcher: null })).toBeNull();
});

test("blames a shift of an input for a lower labelled accuracy, not rejected requests that are nearer", () => {
  const rejected = finding("missing input", {
    words: "13 of 2,738 requests lack `carrier` and were rejected.",
    openedAt: new Date(startedAt),
  });
  const drift = finding("drift", { watcher: "drift", feature: "temperature", words: "`temperature` rose by 12 °C." });
  const found = concludeCause({ ...none, effect: "quality", findings: [rejected, drift] });
  expect(found).toMatchObject({ evidence: "some", words: "temperature rose by 12 °C." });
  expect(concludeCause({ ...none, effect: "quality", findings: [rejected] })).toMatchObject({ evidence: "none" });
  expect(concludeCause({ ...none, effect: "data", findings: [rejected] }).words).toContain("were rejected");
});

test("leaves out changes that cannot have the effect, and blames the last that can", () => {
  const found = concludeCause({ ...none, effect: "latency", changes: [change("data", 1), change("deploy", 9)] });
  expect(found.change?.kind).toBe("deploy");
  expect(concludeCause({ ...none, effect: "labels", changes: [change("deploy", 1)] }).evidence).toBe("none");
});

test("keeps to what the timeline marks, as long as it can be the cause", () => {
  const changes = [change("deploy", 2), change("config", 9)];
  const of = (key: string | null) =>
    concludeCause({ ...none, effect: "errors", changes, marked: { key, title: "A bad disk", by: "Ines" } });
  expect(of("change:config:1").change?.kind).toBe("config");
  expect(of("change:data:1").change?.kind).toBe("deploy");
  expect(of(null)).toMatchObject({ change: null, title: "A bad disk", words: "Marked by Ines." });
});
