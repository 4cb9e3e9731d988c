import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { causeInData } from "./cause-in-data.ts";
import type { LikelyCause } from "./contract.ts";

const startedAt = Date.UTC(2026, 4, 4, 10);
const finding = (more: Partial<Finding> & Pick<Finding, "watcher">): Finding => ({
  id: "f",
  endpointId: "e",
  endpoint: "flights",
  versionId: null,
  kind: "drift",
  feature: "temperature",
  segment: "",
  severity: "ticket",
  words: "`temperature` changed.",
  evidence: {},
  closedAt: null,
  openedAt: new Date(startedAt - 2 * minuteMs),
  seenAt: new Date(startedAt),
  ...more,
});
const deployed: LikelyCause = {
  change: {
    id: "deployment:1",
    kind: "deploy",
    at: new Date(startedAt - 20 * minuteMs),
    title: "flights version 2",
    actor: "Ada",
    href: null,
    before: null,
    after: null,
    endpointId: "e",
    endpoint: "flights",
  } as LikelyCause["change"],
  evidence: "some",
  title: "Most likely a deployment",
  beforeMs: 20 * minuteMs,
  words: "",
};
const none: LikelyCause = { change: null, evidence: "none", title: "No change stands out", beforeMs: null, words: "" };

test("names an input finding as the likely cause, with the change next to it", () => {
  const found = causeInData([finding({ watcher: "quality" }), finding({ watcher: "drift" })], {
    startedAt,
    blamed: deployed,
  });
  expect(found).toEqual({
    change: null,
    findingId: "f",
    evidence: "some",
    title: "Likely cause: change in inputs",
    beforeMs: 2 * minuteMs,
    words: "temperature changed. Also before it: flights version 2, 20\u00a0min before the rise.",
  });
  const late = finding({ watcher: "integrity", kind: "range", openedAt: new Date(startedAt + minuteMs) });
  expect(causeInData([late], { startedAt, blamed: none })).toMatchObject({ evidence: "some", beforeMs: null });
});

test("keeps a change with strong evidence, and ignores prediction drift and canary drift", () => {
  const strong: LikelyCause = { ...deployed, evidence: "strong" };
  expect(causeInData([finding({ watcher: "drift" })], { startedAt, blamed: strong })).toBe(strong);
  const others = [
    finding({ watcher: "drift", kind: "prediction drift" }),
    finding({ watcher: "drift", kind: "canary drift" }),
    finding({ watcher: "estimate" }),
  ];
  expect(causeInData(others, { startedAt, blamed: none })).toBe(none);
});
