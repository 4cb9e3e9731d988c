import { expect, test } from "vitest";
import {
  datasets,
  endpoints,
  experiments,
  featureServices,
  featureTrainingSets,
  featureViews,
  labelProjects,
  modelVersions,
  registeredModels,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { searchEverything } from "./queries.ts";

const sha256 = "4be17c20".padEnd(64, "9");

/** Creates one entity of each kind. */
async function furnish(ctx: Context) {
  const ours = { workspaceId: ctx.actor.workspaceId, createdAt: 1, updatedAt: 1 };
  await ctx.db.insert(experiments).values({ ...ours, id: 71, name: "Parcel damage", artifactLocation: "" });
  await ctx.db.insert(runs).values({
    workspaceId: ctx.actor.workspaceId,
    id: `${ctx.actor.workspaceId.slice(0, 8)}aa`,
    experimentId: 71,
    name: "even-keel",
    userName: "",
    status: "KILLED",
    startedAt: 1,
    updatedAt: 1,
    artifactUri: "",
  });
  const [model] = await ctx.db
    .insert(registeredModels)
    .values({ ...ours, name: "parcel damage" })
    .returning();
  if (!model) throw new Error("The model was not made.");
  await ctx.db
    .insert(modelVersions)
    .values({ ...ours, modelId: model.id, version: 3, source: "", storageLocation: "", sha256 });
  await ctx.db.insert(endpoints).values({ workspaceId: ctx.actor.workspaceId, name: "parcel-damage", createdBy: "" });
  const dataset = { name: "parcel-photos", digest: "d1", sourceType: "", source: "", createdAt: 1 };
  await ctx.db.insert(datasets).values({ workspaceId: ctx.actor.workspaceId, experimentId: 71, ...dataset });
}

async function labels(ctx: Context, q: string) {
  const { items } = await searchEverything(ctx, { q });
  return items.map(({ kind, label }) => `${kind} ${label}`);
}

test(
  "finds everything that contains part of a name, ignoring case",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    expect(await labels(ctx, " PARCEL ")).toEqual([
      "endpoint parcel-damage",
      "model parcel damage",
      "version parcel damage v3",
      "experiment Parcel damage",
      "run even-keel",
      "dataset parcel-photos",
    ]);
    const { items, totals } = await searchEverything(ctx, { q: "keel" });
    expect(totals).toEqual({ run: 1 });
    expect(items).toMatchObject([
      {
        kind: "run",
        id: `${ctx.actor.workspaceId.slice(0, 8)}aa`,
        label: "even-keel",
        rank: 2,
        detail: `run in Parcel damage, ${ctx.actor.workspaceId.slice(0, 8)}`,
        state: { word: "Stopped" },
        href: `/experiments/71/runs/${ctx.actor.workspaceId.slice(0, 8)}aa`,
      },
    ]);
  }),
);

test(
  "finds one object by the prefix of an ID, a digest, or name and version",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    expect(await labels(ctx, ctx.actor.workspaceId.slice(0, 8))).toEqual(["run even-keel"]);
    expect(await labels(ctx, "4BE17C20")).toEqual(["version parcel damage v3"]);
    expect(await labels(ctx, "parcel v3")).toEqual(["version parcel damage v3"]);
    expect(await labels(ctx, "v3")).toEqual(["version parcel damage v3"]);
    expect(await labels(ctx, "parcel v4")).toEqual([]);
    // The run's ID may begin with these digits too.
    expect((await labels(ctx, "71"))[0]).toBe("experiment Parcel damage");
  }),
);

test(
  "finds feature views, services and training sets by name, newest training sets first",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const own = { workspaceId, digest: "", createdBy: "" };
    await ctx.db.insert(featureViews).values({ ...own, name: "card stats", currentVersion: 2 });
    await ctx.db.insert(featureServices).values({ ...own, name: "card fraud", projections: [] });
    const set = { workspaceId, name: "card-train", request: {}, createdBy: "" };
    const [old] = await ctx.db
      .insert(featureTrainingSets)
      .values([
        { ...set, state: "done", createdAt: new Date(1) },
        { ...set, state: "running", createdAt: new Date(2) },
      ])
      .returning();
    const { items: hits } = await searchEverything(ctx, { q: "Card" });
    expect(hits.map(({ kind, label, detail, state }) => [kind, label, state?.word ?? detail])).toEqual([
      ["feature-view", "card stats", "feature view v2"],
      ["feature-service", "card fraud", "feature service, 0 views"],
      ["training-set", "card-train", "Running"],
      ["training-set", "card-train", "Finished"],
    ]);
    expect(hits.slice(0, 2).map(({ href }) => href)).toEqual([
      "/features/card%20stats",
      "/features/services/card%20fraud",
    ]);
    const found = await searchEverything(ctx, { q: old?.id ?? "" });
    expect(found.items.map(({ href }) => href)).toEqual([`/training-sets/${old?.id}`]);
    expect(await labels(await newWorkspace(ctx.db), "card")).toEqual([]);
  }),
);

test(
  "finds label projects that are not archived",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const config = { question: "", objects: [], controls: [], unknownTags: [] };
    const own = { workspaceId, taskKind: "class", configText: "", config, settings: {}, createdBy: "" };
    const [parcels] = await ctx.db
      .insert(labelProjects)
      .values([
        { ...own, name: "parcel labels" },
        { ...own, name: "parcel labels of May", state: "archived" },
      ])
      .returning();
    const hit = { kind: "label-project", label: "parcel labels", detail: "label project" };
    const id = String(parcels?.id);
    const { items } = await searchEverything(ctx, { q: "lab Parcel" });
    expect(items).toMatchObject([{ ...hit, id, href: `/labels/${id}` }]);
    expect(items).toHaveLength(1);
    expect(await labels(await newWorkspace(ctx.db), "parcel")).toEqual([]);
  }),
);

test(
  "treats wildcards as ordinary characters",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    expect(await labels(ctx, "%")).toEqual([]);
    expect(await labels(ctx, "even_keel")).toEqual([]);
  }),
);

test(
  "does not find objects of another workspace",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const other = await newWorkspace(ctx.db);
    for (const q of ["parcel", "keel", "4be17c20", "v3", "71"]) expect(await labels(other, q)).toEqual([]);
  }),
);

test(
  "rejects an empty search",
  inWorkspace(async (ctx) => {
    await expect(searchEverything(ctx, { q: "  " })).rejects.toThrow("Enter a search term.");
  }),
);
