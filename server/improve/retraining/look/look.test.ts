import { expect, test } from "vitest";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { RetrainingPolicy } from "../contract.ts";
import type { Signals } from "./evidence.ts";
import { type Circumstances, type CycleOutcome, cooldownMs, type EndedCycle, type LabelState } from "./holds.ts";
import { look } from "./look.ts";

const now = 100 * dayMs;
const quietSignals: Signals = {
  drifts: [],
  quality: [],
  slos: [],
  labels: { count: 0, dataEnd: 0 },
  datasets: [],
  slots: new Map(),
};
const enough: LabelState = {
  mature: 900,
  rarestClass: { name: "7", count: 40 },
  completeness: 0.9,
  largestSource: { name: "depot 4", share: 0.2 },
  perDay: 60,
};
const free: Circumstances = {
  isPaused: false,
  openCycle: null,
  cycles: [],
  brokenFeatures: [],
  deployment: null,
  commonCause: null,
  labelsFrom: () => enough,
  cost: { ofCycle: 12, left: 100, format: (amount) => `${amount} EUR` },
  quietUntil: null,
  freeze: null,
  openInWorkspace: 0,
};
const drift = (id: string, hours: number, feature = "amount") => ({ id, feature, since: now - hours * hourMs });
const policyOf = (...triggers: RetrainingPolicy["triggers"]) => RetrainingPolicy.parse({ triggers });
const onDrift = RetrainingPolicy.parse({ triggers: [{ kind: "drift" }] });
const drifted: Signals = { ...quietSignals, drifts: [drift("a", 26)] };
const cycle = (outcome: CycleOutcome, endedHoursAgo: number, evidence: string[] = []): EndedCycle => ({
  startedAt: now - (endedHoursAgo + 2) * hourMs,
  endedAt: now - endedHoursAgo * hourMs,
  outcome,
  evidence,
});
/** What holds a policy whose drift speaks for a training. */
function holdsIn(circumstances: Partial<Circumstances>, policy = onDrift, signals = drifted) {
  const found = look(policy, signals, { ...free, ...circumstances }, now);
  return found.kind === "held" ? found.holds : [];
}
const wordsIn = (...asked: Parameters<typeof holdsIn>) => holdsIn(...asked).map(({ words }) => words);
const evidenceOf = (policy: RetrainingPolicy, signals: Partial<Signals>) => {
  const found = look(policy, { ...quietSignals, ...signals }, free, now);
  return found.kind === "fired" ? found.evidence.map(({ key, words }) => `${key}: ${words}`) : [];
};

test("drift starts a cycle once it has lasted, for each feature that counts", () => {
  expect(look(onDrift, quietSignals, free, now)).toEqual({ kind: "quiet" });
  expect(evidenceOf(onDrift, { drifts: [drift("a", 23)] })).toEqual([]);
  expect(evidenceOf(onDrift, { drifts: [drift("a", 26), drift("b", 3), drift("c", 24, "age")] })).toEqual([
    "drift:a: amount has drifted for 1\u00a0d 2\u00a0h.",
    "drift:c: age has drifted for 1\u00a0d.",
  ]);
  const onAge = RetrainingPolicy.parse({ triggers: [{ kind: "drift", features: ["age"] }] });
  expect(evidenceOf(onAge, { drifts: [drift("a", 26)] })).toEqual([]);
});

test("quality starts a cycle after windows below the limit in a row", () => {
  const below = RetrainingPolicy.parse({
    triggers: [{ kind: "quality", source: "realised", metric: "accuracy", below: 0.91 }],
  });
  const windows = (...values: (number | null)[]) => ({
    quality: [
      {
        source: "realised" as const,
        metric: "accuracy",
        windows: values.map((value, at) => ({ endsAt: at * dayMs, value })),
      },
    ],
  });
  expect(evidenceOf(below, windows(0.93, 0.9, 0.9))).toEqual([]);
  expect(evidenceOf(below, windows(0.9, 0.9, 0.91, 0.9, 0.9))).toEqual([]);
  // A window without a value neither counts nor interrupts.
  expect(evidenceOf(below, windows(0.93, 0.9, null, 0.89, 0.88765))).toEqual([
    `quality:realised:accuracy:${dayMs}:0: The realised accuracy has been below 0.91 for 3 windows; it is 0.8877 now.`,
  ]);
  // A further fall is something new.
  expect(evidenceOf(below, windows(0.93, 0.9, 0.88, 0.89, 0.85, 0.84, 0.83))[0]).toMatch(
    `quality:realised:accuracy:${dayMs}:2:`,
  );
});

test("budgets, labels, datasets and schedules start a cycle", () => {
  const slo = "0197e1a2-8a51-7d2c-9c86-0e1f6c2f3a11";
  const policy = policyOf(
    { kind: "slo", slo, remainingBelow: 0.25 },
    { kind: "labels", atLeast: 5000 },
    { kind: "dataset", dataset: "flights" },
    { kind: "schedule", cron: "0 3 1 * *", timeZone: "UTC" },
  );
  const signals = {
    slos: [{ id: slo, name: "Right 9 of 10", remaining: 0.21, periodStart: 7, since: 9 }],
    labels: { count: 10_400, dataEnd: 5 },
    datasets: [
      { name: "flights", digest: "3f2a9c1d77" },
      { name: "digits", digest: "00" },
    ],
    slots: new Map([[3, 42]]),
  };
  expect(evidenceOf(policy, signals)).toEqual([
    `slo:${slo}:7: Right 9 of 10 has 21% of its error budget left.`,
    "labels:5:2: 10,400 labels have arrived since the champion's training data.",
    "dataset:flights:3f2a9c1d77: flights has a new version, 3f2a9c1d.",
    "schedule:3:42: Due by schedule.",
  ]);
  const all = { ...policy, combine: "all" as const };
  expect(evidenceOf(all, signals)).toHaveLength(4);
  expect(evidenceOf(all, { ...signals, slots: new Map() })).toEqual([]);
  expect(evidenceOf({ ...policyOf(), combine: "all" }, signals)).toEqual([]);
});

test("evidence counts again only where its cycle was rejected or expired", () => {
  const kindAfter = (outcome: CycleOutcome) =>
    look(onDrift, drifted, { ...free, cycles: [cycle(outcome, 30 * 24, ["drift:a"])] }, now).kind;
  expect((["adopted", "cancelled", "superseded", "rejected", "expired"] as const).map(kindAfter)).toEqual([
    "quiet",
    "quiet",
    "quiet",
    "fired",
    "fired",
  ]);
  // In vain six times is enough.
  const rejected = (times: number) =>
    Array.from({ length: times }, (_, at) => cycle("rejected", (200 - at) * 24, ["drift:a"]));
  expect(look(onDrift, drifted, { ...free, cycles: rejected(5) }, now).kind).toBe("fired");
  expect(look(onDrift, drifted, { ...free, cycles: rejected(6) }, now).kind).toBe("quiet");
  // Another feature is something new.
  const more = { ...drifted, drifts: [drift("a", 26), drift("b", 25)] };
  const found = look(onDrift, more, { ...free, cycles: [cycle("adopted", 72, ["drift:a"])] }, now);
  expect(found.kind === "fired" && found.evidence.map(({ key }) => key)).toEqual(["drift:b"]);
});

test("names what to mend before a model learns from it", () => {
  const since = "has been in cents since Tuesday";
  expect(wordsIn({ brokenFeatures: [{ feature: "amount", words: since }] })).toEqual([
    "Fix the source first: amount has been in cents since Tuesday.",
  ]);
  const broken = ["amount", "age", "city"].map((feature) => ({ feature, words: since }));
  expect(wordsIn({ brokenFeatures: broken })[0]).toContain("(and 2 more)");
  expect(wordsIn({ commonCause: { cause: "amount", models: 2 } })).toEqual([]);
  expect(wordsIn({ commonCause: { cause: "amount", models: 3 } })[0]).toContain("3 models within an hour");
});

test("asks for a roll back where quality fell after a deployment", () => {
  const policy = RetrainingPolicy.parse({
    triggers: [{ kind: "quality", source: "realised", metric: "accuracy", below: 0.9, forWindows: 1 }],
  });
  const fell = now - 10 * hourMs;
  const signals = {
    ...quietSignals,
    quality: [{ source: "realised" as const, metric: "accuracy", windows: [{ endsAt: fell, value: 0.8 }] }],
  };
  const deployed = (hoursBefore: number) =>
    wordsIn({ deployment: { version: 15, at: fell - hoursBefore * hourMs } }, policy, signals);
  expect(deployed(3)).toEqual(["Quality fell within 24 h after version 15 was deployed. Roll it back first."]);
  expect(deployed(25)).toEqual([]);
  expect(deployed(-1)).toEqual([]);
  // Drift says nothing about a version.
  expect(wordsIn({ deployment: { version: 15, at: now - 27 * hourMs } })).toEqual([]);
});

test("waits for labels that are mature, of all classes, complete and from many", () => {
  const labels = (changes: Partial<LabelState>) => holdsIn({ labelsFrom: () => ({ ...enough, ...changes }) });
  expect(labels({ mature: 212 })).toEqual([
    { code: "labels", words: "Only 212 of 500 labels are mature.", until: now + 4.8 * dayMs },
  ]);
  expect(labels({ mature: 212, perDay: null })[0]?.until).toBeNull();
  expect(labels({ mature: 212, perDay: 0 })[0]?.until).toBeNull();
  expect(labels({ rarestClass: { name: "9", count: 19 } })[0]?.words).toBe(
    "Only 19 of 20 mature labels are of class 9.",
  );
  expect(labels({ rarestClass: null })).toEqual([]);
  expect(labels({ completeness: 0.799 })[0]?.words).toBe("79.9% of the rows have a label; 80% are needed.");
  expect(labels({ largestSource: { name: "depot 4", share: 0.31 } })[0]?.words).toBe(
    "31% of the labels come from depot 4; the limit is 30%.",
  );
});

test("cools down twice as long after each rejection, 14 days at most, and anew after an adoption", () => {
  expect([0, 1, 2, 3, 4, 1000].map((rejections) => cooldownMs(24, rejections) / hourMs)).toEqual([
    24, 48, 96, 192, 336, 336,
  ]);
  const until = (...cycles: EndedCycle[]) => holdsIn({ cycles })[0]?.until;
  expect(until(cycle("adopted", 23))).toBe(now + hourMs);
  expect(until(cycle("adopted", 24))).toBeUndefined();
  expect(until(cycle("rejected", 200), cycle("rejected", 90))).toBe(now + 6 * hourMs);
  expect(until(cycle("rejected", 200), cycle("adopted", 100), cycle("expired", 47))).toBe(now + hourMs);
  expect(wordsIn({ cycles: [cycle("rejected", 1)] })).toEqual(["Cooling down after one rejected candidate."]);
});

test("starts no more cycles than the limit in 30 days", () => {
  const cycles = Array.from({ length: 8 }, (_, at) => cycle("adopted", 29 * 24 - at * 24));
  expect(holdsIn({ cycles })).toEqual([
    {
      code: "too-many",
      words: "8 cycles have started within 30 days; the limit is 8.",
      until: (cycles[0]?.startedAt ?? 0) + 30 * dayMs,
    },
  ]);
  expect(holdsIn({ cycles: cycles.slice(1) })).toEqual([]);
});

test("stays within money, freezes, quiet hours and the workspace's cycles", () => {
  const cost = (ofCycle: number | null, left: number | null) => wordsIn({ cost: { ...free.cost, ofCycle, left } });
  expect(cost(101, 100)).toEqual(["A cycle would cost up to 101 EUR; 100 EUR are left of the month's budget."]);
  expect(cost(101, null)).toEqual([]);
  expect(cost(null, 0)).toEqual([]);
  const limited = { ...onDrift, limits: { ...onDrift.limits, costPerCycle: 10 } };
  expect(wordsIn({}, limited)).toEqual(["A cycle would cost up to 12 EUR; the limit is 10 EUR."]);
  expect(wordsIn({ freeze: "Easter" })).toEqual(["The freeze Easter holds the endpoint."]);
  expect(holdsIn({ quietUntil: now + 1 })).toEqual([{ code: "quiet-hours", words: "Quiet hours.", until: now + 1 }]);
  expect(wordsIn({ openInWorkspace: 2 })).toEqual(["2 cycles are open in this workspace; the limit is 2."]);
  expect(wordsIn({ openCycle: 7, isPaused: true })).toEqual(["Cycle 7 is open.", "The policy is paused."]);
});

test("starts from what enough labels have come after, and keeps the rest for the next cycle", () => {
  const both = { ...quietSignals, drifts: [drift("old", 900), drift("new", 26)] };
  const labelsFrom = (time: number): LabelState => ({ ...enough, mature: Math.floor((now - time) / hourMs) });
  const found = look(onDrift, both, { ...free, labelsFrom }, now);
  expect(found.kind === "fired" && found.evidence.map(({ key }) => key)).toEqual(["drift:old"]);
  expect(wordsIn({ labelsFrom }, onDrift, { ...both, drifts: [drift("new", 26), drift("newer", 25)] })).toEqual([
    "Only 26 of 500 labels are mature.",
  ]);
  // Where all triggers have to speak, each waits for its own labels.
  const all = RetrainingPolicy.parse({
    triggers: [
      { kind: "drift" },
      { kind: "quality", source: "realised", metric: "accuracy", below: 0.9, forWindows: 1 },
    ],
    combine: "all",
  });
  const low = { source: "realised" as const, metric: "accuracy", windows: [{ endsAt: now - 40 * hourMs, value: 0.8 }] };
  expect(wordsIn({ labelsFrom }, all, { ...both, quality: [low] })).toEqual(["Only 40 of 500 labels are mature."]);
});
