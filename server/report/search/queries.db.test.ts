import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  datasets,
  deployments,
  endpoints,
  experiments,
  featureServices,
  featureTrainingSets,
  featureViews,
  gameDays,
  incidents,
  labelProjects,
  modelVersions,
  registeredModels,
  runbooks,
  runs,
  teams,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { Documents } from "#server/base/documents/documents.ts";
import { as, inWorkspace, newMember, newWorkspace } from "#server/testing/testing.ts";
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
  "ranks an old run with a better name before a thousand newer ones, and stops counting there",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    await furnish(ctx);
    await ctx.db.execute(sql`
      insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, artifact_uri, updated_at)
      select md5(${workspaceId} || n), ${workspaceId}, 71, 'wild-heron-' || n, 'Keeler', 'FINISHED', 1000 + n, '', 1
      from generate_series(1, 1100) as n`);
    const found = await searchEverything(ctx, { q: "keel" });
    expect(found.items.map(({ label, rank }) => [label, rank]).slice(0, 2)).toEqual([
      ["even-keel", 2],
      ["wild-heron-1100", 4],
    ]);
    expect([found.items.length, found.totals, found.uncounted]).toEqual([6, { run: 1000 }, ["run"]]);
    const exact = await searchEverything(ctx, { q: "wild-heron-1" });
    expect(exact.items.map(({ label, rank }) => [label, rank]).slice(0, 2)).toEqual([
      ["wild-heron-1", 0],
      ["wild-heron-1100", 1],
    ]);
    const counted = await searchEverything(ctx, { q: "parcel keeler heron-110" });
    expect([counted.totals.run, counted.uncounted]).toEqual([2, []]);
    expect((await searchEverything(ctx, { q: "parcel", kinds: "run", limit: 40 })).items).toHaveLength(40);
    expect(await labels(await newWorkspace(ctx.db), "heron")).toEqual([]);
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

async function newEndpoint(ctx: Context, name: string) {
  const values = { workspaceId: ctx.actor.workspaceId, name, createdBy: "" };
  const [endpoint] = await ctx.db.insert(endpoints).values(values).returning();
  if (!endpoint) throw new Error("The endpoint was not created.");
  return endpoint;
}

test(
  "finds incidents with what there is to do, runbooks, teams and people",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const now = new Date();
    const incident = {
      workspaceId,
      severity: "SEV2" as const,
      isFoundByMachine: true,
      startedAt: now,
      detectedAt: now,
      declaredBy: "",
    };
    await ctx.db.insert(incidents).values([
      { ...incident, number: 7, title: "parcel-damage: 12% rejected", state: "active" },
      { ...incident, number: 6, title: "parcel-damage: slow", state: "resolved", startedAt: new Date(0) },
    ]);
    await ctx.db.insert(runbooks).values({ workspaceId, name: "Parcel rejections rise", body: "", updatedBy: "Mei" });
    await ctx.db.insert(teams).values({ workspaceId, name: "Parcels" });
    await newMember(ctx, "member", { name: "Paula Parcel" });
    const { items } = await searchEverything(ctx, { q: "parcel" });
    expect(
      items.map(({ kind, label, href, state, isOpen }) => [
        kind,
        label,
        href.replace(/[0-9a-f-]{36}/, "id"),
        state?.word,
        isOpen,
      ]),
    ).toEqual([
      ["incident", "parcel-damage: 12% rejected", "/on-call/INC-7", "Act", true],
      ["incident", "parcel-damage: slow", "/incidents/6", "Resolved", false],
      ["runbook", "Parcel rejections rise", "/incidents/runbooks/id", undefined, undefined],
      ["team", "Parcels", "/on-call/teams", undefined, undefined],
      ["person", "Paula Parcel", "/settings/people", undefined, undefined],
    ]);
    expect(await labels(ctx, "inc-7")).toEqual(["incident parcel-damage: 12% rejected"]);
    const people = await searchEverything(ctx, { q: "parcel", kinds: "person,team" });
    expect(people.totals).toEqual({ team: 1, person: 1 });
    await expect(searchEverything(ctx, { q: "parcel", kinds: "wish" })).rejects.toThrow();
  }),
);

test(
  "hides people from tokens without their scope, and a game day that is not announced from those who would react to it",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { id: endpointId } = await newEndpoint(ctx, "quiet");
    const day = { number: 1, endpointId, hypothesis: "Latency is noticed", share: 1, minutes: 5, isAnnounced: false };
    const fault = { kind: "latency" as const, delayMs: 100, jitterMs: 0 };
    await ctx.db.insert(gameDays).values({
      ...day,
      workspaceId,
      fault,
      scope: "requests",
      ownerId: "",
      expectations: [],
      createdBy: "",
    });
    const member = await newMember(ctx, "member", { name: "Latency Lee" });
    expect(await labels(ctx, "latency")).toEqual(["game-day Latency is noticed", "person Latency Lee"]);
    expect(await labels(member, "latency")).toEqual(["person Latency Lee"]);
    const token = { ...member, actor: { ...member.actor, scopes: ["read" as const] } };
    expect(await labels(token, "latency")).toEqual([]);
  }),
);

test(
  "proposes what to do with the best match, and names the role that is missing",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    await furnish(ctx);
    const [model] = await ctx.db.select().from(registeredModels);
    const version = {
      workspaceId,
      modelId: model?.id ?? "",
      source: "",
      storageLocation: "",
      createdAt: 1,
      updatedAt: 1,
    };
    const made = await ctx.db
      .insert(modelVersions)
      .values([
        { ...version, version: 8 },
        { ...version, version: 9 },
      ])
      .returning();
    const { id: endpointId } = await newEndpoint(ctx, "quiet");
    for (const { id } of made) {
      await ctx.db
        .insert(deployments)
        .values({ workspaceId, endpointId, versionId: id, providers: ["cpu"], deployedBy: "Mei" });
    }
    const { actions } = await searchEverything(ctx, { q: "roll back quiet" });
    expect(actions.map(({ label, denial, opens }) => [label, denial, opens])).toEqual([
      ["Roll back quiet to v8…", null, "roll-back"],
      ["Start a rollout on quiet…", null, undefined],
      ["Create SLO for quiet…", null, undefined],
      ["Silence quiet…", null, undefined],
    ]);
    const viewer = await searchEverything(as(ctx, "viewer"), { q: "quiet" });
    expect(viewer.actions.map(({ denial }) => denial)).toEqual([
      "requires the operator role",
      "requires the operator role",
      "requires the operator role",
      "requires the member role",
    ]);
  }),
);

test(
  "corrects a misspelt name, and says nothing where something matches",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    expect((await searchEverything(ctx, { q: "parcle" })).didYouMean).toBe("parcel");
    expect((await searchEverything(ctx, { q: "parcel" })).didYouMean).toBeUndefined();
    expect((await searchEverything(await newWorkspace(ctx.db), { q: "parcle" })).didYouMean).toBeUndefined();
  }),
);

test(
  "finds headings of guides, and IDs by any prefix when only they are asked for",
  inWorkspace(async (ctx) => {
    await furnish(ctx);
    const documents = new Documents(fileURLToPath(new URL("../../../docs", import.meta.url)));
    const { items } = await searchEverything(ctx, { q: "error budgets", kinds: "guide" }, documents);
    expect(items.length).toBeGreaterThan(0);
    expect(items[0]?.href).toMatch(/^\/help\//);
    const byId = await searchEverything(ctx, { q: "4be", by: "ids" }, documents);
    expect(byId.items.map(({ label }) => label)).toEqual(["parcel damage v3"]);
  }),
);
