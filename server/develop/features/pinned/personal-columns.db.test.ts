import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import type { DefineFeatureView } from "../contract.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { personalColumns } from "./personal-columns.ts";
import { pinFeatures } from "./pin-features.ts";

const pii = { pii: "" };
const customer = (income: object = {}, age: object = {}): DefineFeatureView => ({
  name: "customer",
  entities: ["customer"],
  features: [
    { name: "income", type: "float64", tags: { ...income } },
    { name: "age", type: "float64", tags: { ...age } },
  ],
  // Stored with each row.
  expressions: [{ name: "decade", type: "float64", at: "arrival", cel: "age / 10.0" }],
});

const computed = (name: string, cel: string, of: string) => {
  return { name, type: "float64" as const, at: "look-up" as const, cel, inputs: { one: `customer:${of}` } };
};

/** Pins features that are computed from those of customers. */
async function pin(ctx: Context) {
  await defineFeatureEntity(ctx, { name: "customer", joinKey: "customer_id", type: "int64" });
  await defineFeatureView(ctx, customer(pii));
  await defineFeatureView(ctx, {
    name: "risk",
    entities: ["customer"],
    features: [{ name: "score", type: "float64" }],
    expressions: [
      computed("monthly", "one / 12.0", "income"),
      { name: "yearly", type: "float64", at: "look-up", cel: "monthly * 12.0" },
      computed("older", "one + 1.0", "decade"),
      { name: "doubled", type: "float64", at: "look-up", cel: "score * 2.0" },
    ],
  });
  const columns = ["monthly", "yearly", "older", "doubled"];
  const features = columns.map((name) => `risk:${name}`);
  return pinFeatures(await definitions(ctx), { features, keys: {}, columns });
}
const definitions = (ctx: Context) => loadDefinitions(ctx.db, ctx.actor.workspaceId);

test(
  "follows tags through expressions into other views",
  inWorkspace(async (ctx) => {
    const pinned = await pin(ctx);
    const [view] = pinned.views;
    expect(view?.features.map(({ column, isPii }) => [column, isPii])).toEqual([
      ["monthly", true],
      ["yearly", true],
      ["older", false],
      ["doubled", false],
    ]);
    expect([...personalColumns(await definitions(ctx), pinned)]).toEqual(["monthly", "yearly"]);
    // Nobody knows what has got a tag since.
    expect([...personalColumns(undefined, pinned)]).toEqual(["monthly", "yearly", "older", "doubled"]);
  }),
);

test(
  "counts tags that are added later, and those that an imported pipeline does not know",
  inWorkspace(async (ctx) => {
    const pinned = await pin(ctx);
    expect([...personalColumns(await definitions(ctx), pinned)]).toEqual(["monthly", "yearly"]);
    await defineFeatureView(ctx, customer({}, pii));
    // What was personal when it was pinned stays so.
    expect([...personalColumns(await definitions(ctx), pinned)]).toEqual(["monthly", "yearly", "older"]);
    await defineFeatureView(ctx, customer(pii, pii));
    const views = pinned.views.map((view) => {
      return { ...view, features: view.features.map((feature) => ({ ...feature, isPii: false })) };
    });
    const imported = { ...pinned, views };
    expect([...personalColumns(await definitions(ctx), imported)]).toEqual(["monthly", "yearly", "older"]);
  }),
);
