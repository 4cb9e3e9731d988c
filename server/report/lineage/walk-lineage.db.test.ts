import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  alerts,
  datasetVersions,
  deployments,
  featureMaterialisations,
  featureTrainingSets,
  featureUses,
  featureViews,
  labelProjects,
  modelVersions,
  predictions,
  retrainingCycles,
  runs,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { lineageKinds } from "#server/develop/lineage/contract.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { exportToDataset } from "#server/improve/labelling/flows/export-to-dataset.ts";
import { performExport } from "#server/improve/labelling/flows/perform-export.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
import { createRetrainingPolicy } from "#server/improve/retraining/policies/create-retraining-policy.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { clientOf } from "#server/testing/fixtures/http/v1/testing.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newPolicyInput } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { addWindow, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { expectRefusal, newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { LineageBranch, WalkLineage } from "./contract.ts";
import { walkLineage } from "./queries.ts";
import { readPairs } from "./read-pairs.ts";
import { relationsOf } from "./relations.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-lineage-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const now = new Date();
const ago = (ms: number) => new Date(now.getTime() - ms);
const fingerprint = "00000000000000a1";

let ctx: Context;
let story: Awaited<ReturnType<typeof newStory>>;

/** Labels become a dataset version, a job learns from it and from a training set, its version is deployed after an older one, and an alert fires. */
async function newStory() {
  const { workspaceId } = ctx.actor;
  const { id: projectId } = await newAnimalProject(ctx);
  for (const item of ["a", "b"]) {
    await addLabelled(ctx, projectId, { item, data: { row: { weight: 4 } }, given: { ada: "cat" }, label: "cat" });
  }
  const { id: exportId } = await exportToDataset(ctx, { projectId, dataset: "animal-labels" });
  await performExport(ctx, { projectId, exportId }, { artifacts: await openLocalStore(folder), maxBytes: 1_000_000 });
  const [labels] = await db.select().from(datasetVersions);
  if (!labels) throw new Error("The labels were not exported.");

  await newDriverStats(ctx);
  const [view] = await db.select({ id: featureViews.id }).from(featureViews);
  const rows = { dataset: labels.name, digest: labels.digest };
  const made = { ...labels, id: crypto.randomUUID(), name: "animal-features", digest: "9c1d", note: "" };
  await db.insert(datasetVersions).values(made);
  const set = { workspaceId, name: made.name, request: { rows }, datasetVersionId: made.id, createdBy: "ana" };
  const [trainingSet] = await db
    .insert(featureTrainingSets)
    .values({ ...set, state: "done" })
    .returning({ id: featureTrainingSets.id });
  await db.insert(featureUses).values({
    workspaceId,
    viewId: view?.id ?? "",
    version: 1,
    userKind: "dataset-version",
    userId: made.id,
    userName: made.name,
    features: ["conv_rate"],
  });

  const job = await newTrainingJob(ctx, { datasets: { training: labels.id, features: made.id } });
  const old = await newVersion(ctx, { version: 1 });
  const version = await newVersion(ctx, { version: 2 });
  await db.update(modelVersions).set({ runId: job.runId }).where(eq(modelVersions.id, version.id));
  const { id: endpointId } = await createEndpoint(ctx, { name: "front" });
  for (const [number, at] of [
    [1, ago(3 * hourMs)],
    [2, ago(2 * hourMs)],
  ] as const) {
    const { id } = await deployVersion(ctx, { endpointId, model: "digits", version: number });
    await db.update(deployments).set({ deployedAt: at }).where(eq(deployments.id, id));
  }
  await addWindow(ctx, { endpointId, versionId: old.id, windowStart: ago(150 * minuteMs), latenciesMs: [1] });
  await addWindow(ctx, {
    endpointId,
    versionId: version.id,
    windowStart: ago(90 * minuteMs),
    latenciesMs: [1, 2],
    cacheHits: 3,
  });
  await addWindow(ctx, {
    endpointId,
    versionId: version.id,
    windowStart: ago(80 * minuteMs),
    arm: "shadow",
    latenciesMs: [1],
  });
  const alert = {
    workspaceId,
    annotations: {},
    updatedAt: now,
    isTimeout: false,
    ruleKey: "slo:x",
    severity: "page",
    endpointId,
  };
  await db.insert(alerts).values([
    {
      ...alert,
      fingerprint,
      labels: { alertname: "Errors" },
      startsAt: ago(hourMs),
      endsAt: new Date(now.getTime() + hourMs),
    },
    // It fired while the older version served.
    {
      ...alert,
      fingerprint: "00000000000000a2",
      labels: { alertname: "Old" },
      startsAt: ago(170 * minuteMs),
      endsAt: ago(160 * minuteMs),
    },
  ]);
  return {
    projectId,
    digest: labels.digest,
    labels,
    trainingSetId: trainingSet?.id ?? "",
    job,
    old,
    version,
    endpointId,
  };
}

beforeAll(async () => {
  ctx = await newWorkspace(db);
  story = await newStory();
});

const walk = (kind: WalkLineage["kind"], id: string, of = ctx) => walkLineage(of, { kind, id }, now);
const titles = (branch: LineageBranch | null) =>
  branch?.nodes.map(({ kind, title, level }) => `${level} ${kind} ${title}`);

test("leads from an alert to the rows, the labels, the feature view and the job behind what served, and no further", async () => {
  const { start, madeFrom, wentInto } = await walk("alert", fingerprint);
  expect(start).toMatchObject({ title: "Errors", href: `/alerts/${fingerprint}`, isDeleted: false });
  expect(titles(madeFrom)).toEqual([
    "1 endpoint front",
    "2 deployment digits v2 on front",
    "3 version digits v2",
    `4 run ${story.job.name}`,
    `5 job ${story.job.name}`,
    "6 dataset-version animal-features",
    "6 dataset-version animal-labels",
    "7 label-project animals",
    "7 training-set animal-features",
    "8 feature-view driver_stats",
    "9 source driver_push",
  ]);
  const labels = madeFrom?.nodes.find(({ title }) => title === "animal-labels");
  expect(labels).toMatchObject({ digest: story.digest, detail: "2 rows" });
  expect(madeFrom).toMatchObject({ more: [], isCut: false });
  // The training set was joined to the labels too.
  expect(madeFrom?.edges).toContainEqual({
    made: { kind: "training-set", id: story.trainingSetId },
    source: { kind: "dataset-version", id: `animal-labels@${story.digest}` },
    detail: "rows",
  });
  expect(wentInto?.nodes).toEqual([]);
  expect(titles((await walk("alert", "00000000000000a2")).madeFrom)?.slice(0, 3)).toEqual([
    "1 endpoint front",
    "2 deployment digits v1 on front",
    "3 version digits v1",
  ]);
});

test("leads back from the same rows and from the feature view to requests, and to what fires now", async () => {
  const id = `animal-labels@${story.digest}`;
  const { wentInto, madeFrom } = await walkLineage(ctx, { kind: "dataset-version", id, direction: "went-into" }, now);
  expect(madeFrom).toBeNull();
  expect(titles(wentInto)?.toSorted()).toEqual([
    `1 job ${story.job.name}`,
    "1 training-set animal-features",
    "2 dataset-version animal-features",
    `2 run ${story.job.name}`,
    "3 version digits v2",
    "4 deployment digits v2 on front",
    "5 endpoint front",
    "5 predictions digits v2 on front",
    "6 alert Errors",
  ]);
  const served = wentInto?.nodes.find(({ kind }) => kind === "predictions");
  expect(served).toMatchObject({ requests: 5, href: "/endpoints/front/predictions?q=version+%3D+2" });
  expect(served?.since?.getTime()).toBe(Math.floor((now.getTime() - 90 * minuteMs) / hourMs) * hourMs);
  const rest = await (await clientOf(ctx))("GET", `/lineage?${new URLSearchParams({ kind: "dataset-version", id })}`);
  expect(rest).toMatchObject({ status: 200, body: { start: { digest: story.digest }, madeFrom: { isCut: false } } });
  const ofView = (await walk("feature-view", "driver_stats")).wentInto?.nodes ?? [];
  expect(ofView.filter(({ kind }) => kind === "predictions").map(({ requests }) => requests)).toEqual([5]);
  const ofProject = (await walk("label-project", String(story.projectId))).wentInto?.nodes ?? [];
  expect(ofProject.find(({ kind }) => kind === "dataset-version")).toMatchObject({ id, digest: story.digest });
});

test("knows the project of labels after it has forgotten the export, and keeps deleted runs without a link", async () => {
  await db.update(labelProjects).set({ progress: {} }).where(eq(labelProjects.id, story.projectId));
  const { madeFrom } = await walk("dataset-version", `animal-labels@${story.digest}`);
  expect(titles(madeFrom)).toEqual(["1 label-project animals"]);
  await db.update(runs).set({ deletedAt: 1 }).where(eq(runs.id, story.job.runId));
  await db.update(modelVersions).set({ runId: "gone" }).where(eq(modelVersions.id, story.old.id));
  const runOf = async (id: string) => (await walk("version", id)).madeFrom?.nodes[0];
  expect(await runOf(story.version.id)).toMatchObject({ title: story.job.name, href: null, isDeleted: true });
  expect(await runOf(story.old.id)).toMatchObject({ kind: "run", title: "gone", href: null, isDeleted: true });
});

test("follows a logged prediction to its version, and its features", async () => {
  const { workspaceId } = ctx.actor;
  const { endpointId } = story;
  const [view] = await db.select().from(featureViews);
  const id = crypto.randomUUID();
  const looked = { viewId: view?.id ?? "", view: "driver_stats", number: 1, version: 1, rows: [], features: [] };
  await db.insert(predictions).values({
    id,
    workspaceId,
    endpointId,
    versionId: story.version.id,
    arm: "stable",
    at: ago(1000),
    requestId: "r1",
    status: 200,
    provider: "cpu",
    latencyMs: 1,
    features: { servedAt: 0, views: [looked] },
  });
  const { start, madeFrom } = await walk("prediction", id);
  expect(start.href).toBe(`/endpoints/front/predictions/${id}`);
  expect(titles(madeFrom)?.slice(0, 3)).toEqual([
    "1 deployment digits v2 on front",
    "1 feature-view driver_stats",
    "2 version digits v2",
  ]);
});

test("follows a retraining cycle and a view's sources, in a workspace of its own", async () => {
  const own = await newWorkspace(db);
  const input = await newPolicyInput(own);
  await createRetrainingPolicy(own, input);
  const { cycle } = await requestRetraining(own, { model: input.model, reason: "new sensor" });
  const [rows] = await db.select().from(datasetVersions).where(eq(datasetVersions.workspaceId, own.actor.workspaceId));
  const version = { id: rows?.id ?? "", name: "rows", digest: rows?.digest ?? "", rows: 1 };
  const job = await newTrainingJob(own);
  await db
    .update(retrainingCycles)
    .set({ jobId: job.id, data: { madeBy: null, version, problem: null } })
    .where(eq(retrainingCycles.id, cycle.id));
  expect(titles((await walk("run", job.runId, own)).madeFrom)).toEqual([
    `1 job ${job.name}`,
    "2 cycle Cycle 1 of digits",
    "3 dataset-version rows",
  ]);

  await defineViewSource(own, { name: "history", kind: "file", options: { path: `dataset:rows@${version.digest}` } });
  await newDriverStats(own);
  await defineViewSource(own, { name: "driver_push", kind: "push", options: { batchSource: "history" } });
  await defineFeatureView(own, {
    name: "rides",
    entities: ["driver"],
    features: [{ name: "fare", type: "int64" }],
    expressions: [
      { name: "share", type: "int64", at: "look-up", cel: "fare + t", inputs: { t: "driver_stats:avg_daily_trips" } },
    ],
  });
  await defineFeatureView(own, {
    name: "direct",
    entities: ["driver"],
    source: "history",
    features: [{ name: "x", type: "int64" }],
  });
  const { definition } = await defineFeatureView(own, { name: "rates", features: [{ name: "x", type: "int64" }] });
  const done = {
    workspaceId: own.actor.workspaceId,
    viewId: definition.id,
    fromEventAt: 0,
    toEventAt: 1,
    createdBy: "ana",
    state: "done" as const,
  };
  await db
    .insert(featureMaterialisations)
    .values({ ...done, input: { source: "s", kind: "dataset", dataset: version } });
  expect(titles((await walk("feature-view", "rides", own)).madeFrom)).toEqual([
    "1 feature-view driver_stats",
    "2 source driver_push",
    "3 source history",
    "4 dataset-version rows",
  ]);
  const influenced = (await walk("dataset-version", `rows@${version.digest}`, own)).wentInto;
  expect(influenced?.nodes.map(({ title }) => title).toSorted()).toEqual(
    [
      "Cycle 1 of digits",
      "direct",
      "driver_push",
      "driver_stats",
      "history",
      job.name,
      job.name,
      "rates",
      "rides",
    ].toSorted(),
  );
});

test("has statements for each kind of node, in both directions", async () => {
  const ids = { endpoint: story.endpointId, version: story.version.id };
  const pair = `${ids.endpoint}/${ids.version}`;
  const nodes = lineageKinds.map((kind) => {
    const id = kind === "deployment" || kind === "predictions" ? pair : kind === "label-project" ? "1" : ids.version;
    return { kind, id: kind === "dataset-version" ? "x@y" : id };
  });
  const { workspaceId } = (await newWorkspace(db)).actor;
  for (const direction of ["made-from", "went-into"] as const) {
    const relations = relationsOf({ workspaceId, direction, span: { from: now, to: now } });
    expect(await readPairs(ctx, relations, direction, nodes)).toEqual([]);
  }
});

test("cuts what is too much, and says how much it left out", async () => {
  for (let at = 0; at < 22; at += 1) {
    const { runId } = await newRun(ctx, `run-${at}`);
    const dataset = {
      name: "logged",
      digest: "d1",
      sourceType: "local",
      source: "x",
      tags: [{ key: "mlflow.data.context", value: "training" }],
    };
    await logInputs(ctx, { runId, datasets: [dataset] });
  }
  const { start, wentInto } = await walk("dataset-version", "logged@d1");
  expect(start).toMatchObject({ detail: "logged by a run", href: "/datasets/logged?version=d1" });
  expect(wentInto?.nodes).toHaveLength(20);
  expect(wentInto?.more).toEqual([{ of: { kind: "dataset-version", id: "logged@d1" }, kind: "run", count: 2 }]);
  expect(wentInto?.edges[0]?.detail).toBe("training");
});

test("finds nothing of another workspace, by any id", async () => {
  const other = await newWorkspace(db);
  const { version, endpointId, job, projectId, trainingSetId, digest } = story;
  const starts: [WalkLineage["kind"], string][] = [
    ["alert", fingerprint],
    ["endpoint", endpointId],
    ["deployment", `${endpointId}/${version.id}`],
    ["predictions", `${endpointId}/${version.id}`],
    ["version", version.id],
    ["run", job.runId],
    ["job", job.id],
    ["dataset-version", `animal-labels@${digest}`],
    ["label-project", String(projectId)],
    ["training-set", trainingSetId],
    ["feature-view", "driver_stats"],
    ["source", "driver_push"],
    ["cycle", version.id],
    ["prediction", "none"],
  ];
  for (const [kind, id] of starts) await expectRefusal(walk(kind, id, other), "not-found", "No item of this kind");
  // A run that a version names may belong to somebody else: nothing of it is read.
  const foreign = await newVersion(other, { model: "theirs" });
  await db.update(modelVersions).set({ runId: job.runId }).where(eq(modelVersions.id, foreign.id));
  const { madeFrom } = await walk("version", foreign.id, other);
  expect(madeFrom?.nodes).toMatchObject([{ kind: "run", title: job.runId, isDeleted: true }]);
});
