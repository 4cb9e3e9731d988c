import { expect, test } from "vitest";
import { CreateTrainingSet, type TimeSplit } from "#server/develop/features/training-sets/contract.ts";
import {
  chosenOfView,
  draftOfTrainingSet,
  emptyDraft,
  keyOfLeak,
  pythonOf,
  readDraft,
  requestOf,
  storedFeatures,
  type TrainingSetDraft,
  toTrainingSet,
  type ViewOption,
  withFeatures,
  withStored,
} from "./draft.ts";

const features = (...names: string[]) => names.map((name) => ({ name, isComputed: false }));
const drivers: ViewOption = {
  name: "drivers",
  current: 2,
  ttlUs: null,
  versions: [
    { version: 2, joinKeys: ["driver_id"], features: features("trips", "rating") },
    { version: 1, joinKeys: ["driver_id"], features: features("trips") },
  ],
};
const weather: ViewOption = {
  name: "weather",
  current: 1,
  ttlUs: 1,
  versions: [{ version: 1, joinKeys: ["cell"], features: features("wind") }],
};
const views = [drivers, weather];
const services = [{ name: "eta", references: ["drivers@v1:trips"], isMapped: false }];
const draft: TrainingSetDraft = { ...emptyDraft, dataset: "trips", digest: "4be10508", name: " trips-train " };

test("chooses features of views at the versions that are named already", () => {
  const one = withFeatures([], weather, new Set(["wind"]), views);
  expect(one).toEqual(["weather@v1:wind"]);
  const both = withFeatures(one, drivers, new Set(["rating", "trips"]), views);
  expect(both).toEqual(["drivers@v2:trips", "drivers@v2:rating", "weather@v1:wind"]);
  expect(withFeatures(["drivers@v1:trips", ...one], weather, new Set(), views)).toEqual(["drivers@v1:trips"]);
  expect(chosenOfView(drivers, ["drivers@v1:trips"])).toMatchObject({ version: 1, chosen: new Set(["trips"]) });
  expect(chosenOfView(drivers, [])).toMatchObject({ version: 2, chosen: new Set() });
});

test("chooses what the current version of a view stores", () => {
  const computed = { name: "per_trip", isComputed: true };
  const versions = drivers.versions.map((each) => ({ ...each, features: [...each.features, computed] }));
  expect(storedFeatures({ ...drivers, versions })).toEqual(["drivers@v2:trips", "drivers@v2:rating"]);
});

test("asks for nothing until rows and features are chosen", () => {
  expect(requestOf(draft, services)).toBeUndefined();
  expect(requestOf({ ...draft, service: "eta", digest: null }, services)).toBeUndefined();
  expect(requestOf({ ...draft, service: "eta", label: "late" }, services)).toEqual({
    rows: { dataset: "trips", digest: "4be10508" },
    service: "eta",
    cutoff: "created",
    label: "late",
  });
  expect(requestOf({ ...draft, features: ["weather@v1:wind"], cutoff: "view" }, services)).toEqual({
    rows: { dataset: "trips", digest: "4be10508" },
    features: ["weather@v1:wind"],
  });
});

test("includes the last day of predictions, and leaves their columns to Leeway", () => {
  const endpoint = "0b9f6a5e-3f3c-4f57-8f3d-0f5f5b6a9c11";
  const logged = { ...draft, rowsKind: "predictions" as const, endpoint, from: "2026-03-15", to: "2026-03-15" };
  const service = { service: "eta" };
  const rows = { endpoint, from: "2026-03-15T00:00:00.000Z", to: "2026-03-16T00:00:00.000Z" };
  expect(requestOf({ ...logged, ...service, to: "2026-03-14" }, services)).toBeUndefined();
  expect(requestOf({ ...logged, ...service, to: "soon" }, services)).toBeUndefined();
  expect(requestOf({ ...logged, service: "eta", label: "x", split: "y" }, services)).toEqual({
    rows,
    service: "eta",
    cutoff: "created",
  });
});

test("sends reasons only for the checks that failed", () => {
  const leak = { kind: "predicts-label" as const, view: "drivers", feature: "trips" };
  const other = { kind: "in-two-splits" as const, view: null, feature: null };
  const reasons = { [keyOfLeak(leak)]: " it is known at booking ", [keyOfLeak(other)]: "old" };
  const input = toTrainingSet({ ...draft, service: "eta", reasons }, services, [leak]);
  expect(input).toMatchObject({
    name: "trips-train",
    acknowledgedLeaks: [{ ...leak, reason: "it is known at booking" }],
  });
  expect(CreateTrainingSet.safeParse(input).success).toBe(true);
});

test("keeps a draft as text, and ignores what is none", () => {
  expect(readDraft(JSON.stringify({ draft: { name: "a" }, savedAt: 5 }))).toEqual({
    draft: { ...emptyDraft, name: "a" },
    savedAt: 5,
  });
  for (const text of [null, "", "[]", "null", '{"draft":1,"savedAt":1}']) expect(readDraft(text)).toBeUndefined();
});

const pinned = {
  view: "drivers",
  viewId: "0b9f6a5e-3f3c-4f57-8f3d-0f5f5b6a9c11",
  number: 1,
  version: 1,
  name: "drivers",
  joinKeys: {},
  ttlUs: null,
  cutoff: "event" as const,
  hasCreatedTime: true,
};
const earlier = {
  note: "n",
  rows: { dataset: "trips", digest: "4be10508" },
  resolvedRows: null,
  views: [pinned],
  features: [{ view: 0, feature: "trips" }],
  inputs: [],
  fullNames: false,
  label: "late",
  labelTime: null,
  split: null,
  splitByTime: null,
  frozenSets: [],
  acknowledgedLeaks: [],
  isHeld: false,
  horizon: null,
};

test("takes over an earlier training set with its versions", () => {
  expect(draftOfTrainingSet({ name: "trips-train", request: earlier })).toEqual({
    ...emptyDraft,
    dataset: "trips",
    digest: "4be10508",
    features: ["drivers@v1:trips"],
    cutoff: "event",
    label: "late",
    name: "trips-train",
    note: "n",
  });
});

test("writes a program that sends the same request", () => {
  const text = pythonOf({ name: "it's", service: "a\\b", rows: { dataset: "t", digest: "d" } }, "http://x/api/v1");
  expect(text).toContain(`"name": "it\\'s"`);
  expect(text).toContain(String.raw`"service": "a\\\\b"`);
  expect(text).toContain('"http://x/api/v1/training-sets"');
});

test("splits by whole days, once these are entered in their order", () => {
  const timed = { ...draft, service: "eta", isSplitByTime: true, split: "part" };
  expect(requestOf(timed, services)).not.toHaveProperty("split");
  expect(toTrainingSet(timed, services, [])).toBeUndefined();
  expect(
    toTrainingSet({ ...timed, testFrom: "2026-04-19", validationFrom: "2026-04-19" }, services, []),
  ).toBeUndefined();
  const two = toTrainingSet({ ...timed, testFrom: "2026-04-28" }, services, []);
  const until = "2026-04-28T00:00:00.000Z";
  expect(two?.splitByTime).toEqual({ column: "split", parts: [{ name: "train", until }, { name: "test" }] });
  const three = toTrainingSet({ ...timed, testFrom: "2026-04-28", validationFrom: "2026-04-19" }, services, []);
  expect(three?.splitByTime?.parts.map(({ name }) => name)).toEqual(["train", "validation", "test"]);
  expect(CreateTrainingSet.safeParse(three).success).toBe(true);
});

test("names the column of a split by time, and asks for it", () => {
  const timed = { ...draft, service: "eta", isSplitByTime: true, testFrom: "2026-04-28" };
  expect(toTrainingSet({ ...timed, splitColumn: " part " }, services, [])?.splitByTime?.column).toBe("part");
  expect(toTrainingSet({ ...timed, splitColumn: " " }, services, [])).toBeUndefined();
});

test("repeats a split by time as it was until a day is entered", () => {
  const repeated = (splitByTime: TimeSplit) => draftOfTrainingSet({ name: "t", request: { ...earlier, splitByTime } });
  const splits: TimeSplit["parts"][] = [
    [{ name: "train", until: "2026-04-19T06:30:00Z" }, { name: "test" }],
    [{ name: "train", until: "2026-04-19T00:00:00+02:00" }, { name: "test" }],
    [{ name: "old", until: "2026-04-19T00:00:00Z" }, { name: "new" }],
    [
      { name: "a", until: "2026-04-19T00:00:00Z" },
      { name: "b", until: "2026-04-20T00:00:00Z" },
      { name: "c", until: "2026-04-21T00:00:00Z" },
      { name: "d" },
    ],
  ];
  for (const parts of splits) {
    const kept = repeated({ column: "part", parts });
    expect(kept).toMatchObject({ validationFrom: "", testFrom: "" });
    expect(toTrainingSet(kept, services, [])?.splitByTime).toEqual({ column: "part", parts });
    const edited = { ...kept, earlierParts: null, testFrom: "2026-05-01" };
    const until = "2026-05-01T00:00:00.000Z";
    expect(requestOf(edited, services)?.splitByTime?.parts).toEqual([{ name: "train", until }, { name: "test" }]);
  }
  const parts = [
    { name: "train", until: "2026-04-19T00:00:00.000Z" },
    { name: "validation", until: "2026-04-28T00:00:00.000Z" },
    { name: "test" },
  ];
  const days = repeated({ column: "part", parts });
  expect(days).toMatchObject({ earlierParts: null, validationFrom: "2026-04-19", testFrom: "2026-04-28" });
  expect(requestOf(days, services)?.splitByTime).toEqual({ column: "part", parts });
  const [first, , last] = parts;
  const two = repeated({ column: "split", parts: [first, last].flatMap((part) => part ?? []) });
  expect(two).toMatchObject({ earlierParts: null, validationFrom: "", testFrom: "2026-04-19" });
});

test("takes a stored draft for another one only before this page saves its own", () => {
  const stored = { draft: { ...draft, name: "stored" }, savedAt: 5 };
  expect(withStored({ draft: emptyDraft }, stored, false)).toEqual(stored);
  expect(withStored({ draft }, stored, true)).toEqual({ draft, other: stored });
  const saved = { draft, savedAt: 5 };
  expect(withStored(saved, { draft, savedAt: 5 }, true)).toEqual(saved);
});

test("names frozen sets, and a reason for each of them", () => {
  const [audit, other] = [
    { dataset: "audit", digest: "4be10508" },
    { dataset: "audit", digest: "77aa0c1d" },
  ];
  const leak = (frozenSet: typeof audit) => ({ kind: "in-frozen-set" as const, view: null, feature: null, frozenSet });
  const reasons = { [keyOfLeak(leak(audit))]: "a rehearsal" };
  const chosen = { ...draft, service: "eta", frozenSets: [audit, other], reasons };
  expect(requestOf(chosen, services)?.frozenSets).toEqual([audit, other]);
  const input = toTrainingSet(chosen, services, [leak(audit), leak(other)]);
  expect(input?.acknowledgedLeaks).toEqual([{ ...leak(audit), reason: "a rehearsal" }]);
});
