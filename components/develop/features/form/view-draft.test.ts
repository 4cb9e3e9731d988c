import { expect, test } from "vitest";
import { DefineFeatureView, type FeatureView } from "#server/develop/features/contract.ts";
import { columnsOf, definitionOf, draftOfView, newExpression, newFeature, newInput, newView } from "./view-draft.ts";

const rules = { nullable: false, min: 0, max: 1, levels: null };
const version = {
  version: 3,
  entities: [{ name: "driver", joinKey: "driver_id", type: "int64" as const }],
  features: [
    { name: "rate", type: "float64" as const, description: "share", tags: { pii: "true" }, rules },
    {
      name: "city",
      type: "string" as const,
      description: "",
      tags: {},
      rules: { ...rules, nullable: true, min: null, max: null, levels: ["Ulm"] },
    },
    { name: "trips", type: "int64" as const, description: "", tags: {} },
  ],
  expressions: [
    {
      name: "busy",
      type: "bool" as const,
      at: "look-up" as const,
      cel: "daily > limit",
      inputs: { daily: "rides:trips" },
      description: "why",
    },
  ],
  requestInputs: [{ name: "limit", type: "int64" as const }],
};
const view = {
  name: "stats",
  description: "of drivers",
  owner: "ana",
  tags: { "leeway.stale": "serve" },
  ttlUs: 5_400_000_000,
  stale: "serve",
  cutoff: "event",
  source: "push",
  isOnline: false,
  current: version,
} as unknown as FeatureView;

test("keeps every part of a view that is edited, also what the form does not show", () => {
  const { definition, complaints } = definitionOf(draftOfView(view));
  expect(complaints).toEqual({});
  const { features, expressions, requestInputs, ...rest } = DefineFeatureView.parse(definition);
  expect({ features, expressions, requestInputs }).toEqual({
    features: version.features,
    expressions: version.expressions,
    requestInputs: version.requestInputs,
  });
  expect(rest).toMatchObject({
    name: "stats",
    description: "of drivers",
    owner: "ana",
    tags: { "leeway.stale": "serve" },
    entities: ["driver"],
    ttlUs: 5_400_000_000,
    stale: "serve",
    cutoff: "event",
    source: "push",
    isOnline: false,
  });
});

test.each([
  [null, "", "h", null],
  [172_800_000_000, "2", "d", 172_800_000_000],
  [5_400_000_000, "90", "min", 5_400_000_000],
  [1_500_000, "1.5", "s", 1_500_000],
  [1, "0.000001", "s", 1],
])("shows a limit of %s µs as %s %s, and reads it again", (ttlUs, ttl, ttlUnit, again) => {
  const draft = draftOfView({ ...view, ttlUs });
  // A number of few digits, also where JavaScript writes an exponent.
  expect([Number(draft.ttl), draft.ttlUnit]).toEqual([Number(ttl), ttlUnit]);
  expect(definitionOf(draft).definition.ttlUs).toBe(again);
});

test("names fields that are no numbers or no inputs", () => {
  const feature = { ...newFeature(), name: "a", min: "low" };
  const expression = { ...newExpression(), inputs: "trips" };
  const draft = { ...newView(), ttl: "-1", features: [feature], expressions: [expression] };
  expect(definitionOf(draft).complaints).toEqual({
    ttl: expect.stringContaining("above 0"),
    [`feature ${feature.key} min`]: "Enter a number.",
    [`expression ${expression.key} inputs`]: expect.stringContaining("view:feature"),
  });
});

test("returns what an expression can read: more at look-up than at arrival", () => {
  const entities = [
    { name: "driver", joinKey: "driver_id", type: "int64" as const },
    { name: "cell", joinKey: "cell", type: "string" as const },
  ];
  const features = [{ ...newFeature(), name: "trips", type: "int64" as const }, newFeature()];
  const stored = { ...newExpression(), name: "half" };
  const onDemand = { ...newExpression(), name: "busy", at: "look-up" as const, inputs: "daily = rides@latest:trips" };
  const inputs = [{ ...newInput(), name: "limit" }];
  const draft = { ...newView(), entities: ["driver"], features, expressions: [stored, onDemand], inputs };
  const types = { "rides:trips": "int32" as const };
  expect(columnsOf(draft, stored, { entities, types })).toEqual({
    event_timestamp: "timestamp",
    driver_id: "int64",
    trips: "int64",
  });
  expect(columnsOf(draft, onDemand, { entities, types })).toEqual({
    driver_id: "int64",
    trips: "int64",
    half: "float64",
    limit: "float64",
    daily: "int32",
  });
});

test("gives rows of one form keys of their own, wherever they were made", async () => {
  // The server, which makes the first row, has another copy of the module than the browser, which makes the next.
  const copy = "./view-draft.ts?copy";
  const server: typeof import("./view-draft.ts") = await import(copy);
  const keys = [...server.newView().features, newFeature(), newFeature(), newExpression()].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
