import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import {
  auditEvents,
  endpoints,
  evaluationRuns,
  featureTrainingSets,
  incidents,
  leakageChecks,
  modelVersions,
  notifications,
  retrainingCycles,
  retrainingPolicies,
  retrainingSteps,
  rollouts,
  trainingJobs,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { findLeakage } from "#server/develop/datasets/leakage/find-leakage.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { getTrainingSet } from "#server/develop/features/training-sets/queries.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Policy } from "#server/develop/registry/policy/contract.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { performExport } from "#server/improve/labelling/flows/perform-export.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { saveTemplate } from "#server/improve/training/templates/save-template.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { runEvaluation } from "#server/release/evaluation/runs/run-evaluation.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "#server/release/evaluation/sets/freeze-evaluation-set.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { startGuard } from "#server/respond/start-guard/start-guard.ts";
import { demoFile, readFlightTable } from "#server/roles/demo/recording.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { type CycleData, RetrainingPlan, RetrainingPolicy } from "../contract.ts";
import { startCycle } from "./start-cycle.ts";
import { stepCycle } from "./step-cycle.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { workspaceId } = ctx.actor;
const worker = systemContext(db, workspaceId, "retraining");
const models = newModelFolder();
const [folder, storeFolder] = ["models", "files"].map((name) => mkdtempSync(join(tmpdir(), `leeway-cycle-${name}-`)));
const store = await openLocalStore(storeFolder ?? "");
const runner = createModelRunner({
  artifacts: models,
  folder: folder ?? "",
  providers: ["cpu"],
  limits: { workers: 1, threads: 1 },
});
const table = await readFlightTable();
let frozenSet = "";

/** Uploads some flights as a version of a dataset. */
async function uploadFlights(name: string, from: number, to: number): Promise<string> {
  const lines = [table.columns, ...table.rows.slice(from, to)].map((row) => row.join(","));
  const { digest } = await uploadRows(ctx, store, { name, rows: `${lines.join("\n")}\n` });
  return digest ?? "";
}

const described: Record<number, ReturnType<typeof describeModel>> = {};

async function newFlightVersion(model: string, version: number) {
  const path = demoFile("flight-delay", `models/flight-delay-v${version}.onnx`);
  described[version] ??= describeModel({ path, isAlone: true });
  const { signature } = await described[version];
  return newVersion(ctx, { model, version, bytes: readFileSync(path), signature }, models);
}

beforeAll(async () => {
  const engine = await createEngine(
    ctx,
    { name: "west", settings: { kind: "ray", address: "http://ray.test" } },
    { allowsLocal: false },
  );
  const job = { command: ["train"], datasets: {} };
  await saveTemplate(ctx, {
    name: "flights",
    spec: { job, engineId: engine.id, parameters: [], isRehearsable: false },
  });
  const digest = await uploadFlights("audit", 0, 400);
  const definition = {
    dataset: { name: "audit", digest },
    task: { kind: "classification" as const, label: "delayed" },
    segments: [{ column: "origin" }],
  };
  ({ id: frozenSet } = await createEvaluationSet(ctx, { name: "audit", definition }));
  await freezeEvaluationSet(ctx, frozenSet, store);
  await uploadFlights("flights", 1200, 1600);
}, 120_000);
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder, storeFolder]) if (path) rmSync(path, { recursive: true });
});

interface Wanted {
  rules?: Partial<ReturnType<typeof RetrainingPolicy.parse>>;
  data?: CycleData;
  needsApproval?: boolean;
}

const flights = { kind: "dataset", name: "flights" } as const;

/** An endpoint that serves version 1 of a model of its own, with a policy, and a cycle that has begun. */
async function newCycle({ rules = {}, data = flights, needsApproval = false }: Wanted = {}) {
  const model = `flights-${randomUUID().slice(0, 8)}`;
  const champion = await newFlightVersion(model, 1);
  const { id: endpointId } = await createEndpoint(ctx, { name: model });
  await deployVersion(ctx, { endpointId, model, version: 1, providers: ["cpu"] });
  const accept = { margin: 0.5, alpha: 0.05, atLeastDiscordant: 20, segmentRows: 100 };
  const [policy] = await db
    .insert(retrainingPolicies)
    .values({
      workspaceId,
      modelId: champion.modelId,
      endpointId,
      rules: { ...RetrainingPolicy.parse({ triggers: [], accept }), ...rules },
      plan: RetrainingPlan.parse({
        data,
        job: { template: "flights" },
        compare: { frozenSet },
        release: { plan: quickPlan, needsApproval },
      }),
      ownerId: ctx.actor.id,
      createdBy: ctx.actor.name,
    })
    .returning();
  if (!policy) throw new Error("The policy was not created.");
  const begin = () =>
    transact(worker, (ctx) =>
      startCycle(ctx, policy, { evidence: [], request: { by: { id: "ada", name: "Ada" }, reason: "a test" } }),
    );
  const { id } = await begin();
  return { id, model, endpointId, policy, begin };
}

type Fixture = Awaited<ReturnType<typeof newCycle>>;

const step = (id: string, now = Date.now(), ctx = worker) =>
  stepCycle(ctx, id, { artifacts: store, guard: startGuard }, now);

async function read(id: string) {
  const [cycle] = await db.select().from(retrainingCycles).where(eq(retrainingCycles.id, id));
  if (!cycle) throw new Error("There is no such cycle.");
  return cycle;
}

/** Does what the jobs of the worker do. */
async function work(): Promise<void> {
  const open = inArray(leakageChecks.state, ["waiting", "running"]);
  for (const { id } of await db.select().from(leakageChecks).where(open)) await findLeakage(worker, id, store);
  for (const { id } of await db.select().from(evaluationRuns).where(eq(evaluationRuns.state, "waiting"))) {
    await runEvaluation(worker, id, { artifacts: store, models: runner });
  }
}

/** Finishes the job of a cycle with the next version of its model. */
async function finishJob({ id, model }: Fixture) {
  const { jobId } = await read(id);
  const isJob = eq(trainingJobs.id, jobId ?? "");
  const [job] = await db.update(trainingJobs).set({ state: "finished", endedAt: new Date() }).where(isJob).returning();
  const version = await newFlightVersion(model, 2);
  await db
    .update(modelVersions)
    .set({ runId: job?.runId ?? "" })
    .where(eq(modelVersions.id, version.id));
  return version;
}

/** Steps until a cycle waits in a state. */
async function stepTo(fixture: Fixture, state: "training" | "evaluating" | "gating" | "approving" | "rolling-out") {
  for (let turn = 0; turn < 20; turn += 1) {
    const cycle = await read(fixture.id);
    if (cycle.state === state) return cycle;
    if (cycle.endedAt) throw new Error(`It ended: ${cycle.words}`);
    if (cycle.state === "training" && cycle.jobId !== null && cycle.candidateId === null) await finishJob(fixture);
    await work();
    await step(fixture.id);
  }
  throw new Error(`It never came to ${state}.`);
}

const countOf = async (id: string, action: string) => {
  const isOf = and(eq(auditEvents.subject, `retraining-cycle/${id}`), eq(auditEvents.action, action));
  return db.$count(auditEvents, isOf);
};

test("goes from its data to a rollout and its adoption, and makes each part once", async () => {
  const fixture = await newCycle();
  const { id, model } = fixture;
  await expect(fixture.begin()).rejects.toMatchObject({ code: "conflict" });
  const gates = [{ kind: "metadata" as const }];
  await setPolicy(ctx, { name: model, policy: Policy.parse({ gates }), reason: "a test" });
  await step(id);
  expect(await read(id)).toMatchObject({ state: "checking-data", data: { version: { name: "flights", rows: 400 } } });
  await step(id);
  // The check for rows of the frozen set has not been made yet.
  expect(await read(id)).toMatchObject({ state: "checking-data", jobId: null });
  await work();
  await step(id);
  const training = await read(id);
  const [job] = await db
    .select()
    .from(trainingJobs)
    .where(eq(trainingJobs.id, training.jobId ?? ""));
  expect(job).toMatchObject({ state: "waiting", priority: "low", submittedBy: ctx.actor.id });
  expect(job?.spec).toMatchObject({ registerAs: model, datasets: { training: training.data?.version?.id } });
  await step(id);
  expect(await read(id)).toMatchObject({ state: "training", candidateId: null });

  const candidate = await finishJob(fixture);
  await Promise.all([step(id), step(id)]);
  expect(await read(id)).toMatchObject({ state: "evaluating", candidateId: candidate.id, candidateVersion: 2 });
  await step(id);
  expect((await read(id)).comparison?.acceptance).toBeNull();
  await work();
  await Promise.all([step(id), step(id)]);
  const gating = await read(id);
  expect(gating).toMatchObject({ state: "gating", comparison: { acceptance: { verdict: "accept" } } });
  await step(id);
  expect((await read(id)).state).toBe("gating");
  await runGates(worker, { versionId: candidate.id, alias: "champion", checkId: randomUUID() }, runner, store);
  await Promise.all([step(id), step(id)]);
  const rolling = await read(id);
  expect(rolling.state).toBe("rolling-out");
  const ofEndpoint = eq(rollouts.endpointId, fixture.endpointId);
  expect(await db.select({ id: rollouts.id }).from(rollouts).where(ofEndpoint)).toEqual([{ id: rolling.rolloutId }]);

  await db.update(rollouts).set({ phase: "watching" }).where(ofEndpoint);
  await step(id);
  expect((await read(id)).endedAt).toBeNull();
  await db.update(rollouts).set({ phase: "promoted", endedAt: new Date() }).where(ofEndpoint);
  await Promise.all([step(id), step(id)]);
  await step(id);
  expect(await read(id)).toMatchObject({ state: "adopted", rejectedAt: null });
  const steps = await db
    .select({ state: retrainingSteps.state, times: count() })
    .from(retrainingSteps)
    .where(eq(retrainingSteps.cycleId, id))
    .groupBy(retrainingSteps.state);
  expect(new Map(steps.map(({ state, times }) => [state, times]))).toEqual(
    new Map(
      ["requested", "checking-data", "training", "evaluating", "gating", "rolling-out", "adopted"].map((state) => [
        state,
        1,
      ]),
    ),
  );
  expect([await countOf(id, "retraining-cycle.started"), await countOf(id, "retraining-cycle.ended")]).toEqual([1, 1]);
  const notified = await db.select({ key: notifications.deduplicationKey }).from(notifications);
  expect(notified.filter(({ key }) => key.startsWith(`retraining:${id}`))).toHaveLength(2);
  // The next one has a number of its own.
  expect(await fixture.begin()).toMatchObject({ number: 2 });
});

test("rejects with the reason of the step that fails, and makes nothing more", async () => {
  await uploadFlights("leaking", 300, 500);
  const leaking = await newCycle({ data: { kind: "dataset", name: "leaking" } });
  for (let turn = 0; turn < 4; turn += 1) {
    await step(leaking.id);
    await work();
  }
  const words = '100 rows of the frozen set "audit" are in the training data. Remove them from it first.';
  expect(await read(leaking.id)).toMatchObject({ state: "rejected", rejectedAt: "data", words, jobId: null });

  const unknown = await newCycle({ data: { kind: "dataset", name: "nobody-has-it" } });
  await step(unknown.id);
  expect(await read(unknown.id)).toMatchObject({ state: "rejected", rejectedAt: "data", data: null });

  const failing = await newCycle();
  const { jobId } = await stepTo(failing, "training");
  const isJob = eq(trainingJobs.id, jobId ?? "");
  await db.update(trainingJobs).set({ state: "failed", message: "It ran out of memory." }).where(isJob);
  await step(failing.id);
  expect(await read(failing.id)).toMatchObject({ rejectedAt: "training", words: "It ran out of memory." });

  const worse = await newCycle();
  await stepTo(worse, "evaluating");
  const strict = RetrainingPolicy.parse({ triggers: [], accept: { margin: 0 } });
  await db
    .update(retrainingCycles)
    .set({ rules: strict, championVersion: 2, candidateVersion: 1 })
    .where(isCycle(worse));
  await db.update(retrainingCycles).set({ comparison: null }).where(isCycle(worse));
  await step(worse.id);
  await work();
  await step(worse.id);
  expect(await read(worse.id)).toMatchObject({ state: "rejected", rejectedAt: "evaluation", gatesAt: null });
});

test("rejects a candidate that fails a gate, or whose rollout is rolled back", async () => {
  const gated = await newCycle();
  const needsLicence = Policy.parse({ required: { items: ["licence"], metrics: [] }, gates: [{ kind: "metadata" }] });
  await setPolicy(ctx, { name: gated.model, policy: needsLicence, reason: "a test" });
  const { candidateId } = await stepTo(gated, "gating");
  const check = { versionId: candidateId ?? "", alias: "champion", checkId: randomUUID() };
  await runGates(worker, check, runner, store);
  await step(gated.id);
  expect(await read(gated.id)).toMatchObject({ state: "rejected", rejectedAt: "gate", rolloutId: null });
  expect((await read(gated.id)).words).toMatch(/^Required metadata: /);

  const rolled = await newCycle();
  await stepTo(rolled, "gating");
  await step(rolled.id);
  const { rolloutId } = await stepTo(rolled, "rolling-out");
  await abortRollout(ctx, { rolloutId: rolloutId ?? "", reason: "5xx rose." });
  await step(rolled.id);
  expect(await read(rolled.id)).toMatchObject({ rejectedAt: "canary", words: "Rolled back: 5xx rose." });
});

test("waits for an endpoint that cannot take a rollout yet, instead of losing its candidate", async () => {
  const fixture = await newCycle();
  await stepTo(fixture, "gating");
  await db.update(endpoints).set({ unloadedAt: new Date() }).where(eq(endpoints.id, fixture.endpointId));
  await step(fixture.id);
  await step(fixture.id);
  expect(await read(fixture.id)).toMatchObject({ state: "rolling-out", rolloutId: null, endedAt: null });
  await db.update(endpoints).set({ unloadedAt: null }).where(eq(endpoints.id, fixture.endpointId));
  await step(fixture.id);
  expect((await read(fixture.id)).rolloutId).not.toBeNull();
});

test("waits while an incident is open or something speaks against its candidate, says why, and goes on afterwards", async () => {
  const fixture = await newCycle();
  await stepTo(fixture, "gating");
  const wordsNow = async () => {
    await step(fixture.id);
    const isRolling = and(eq(retrainingSteps.cycleId, fixture.id), eq(retrainingSteps.state, "rolling-out"));
    return (await db.select().from(retrainingSteps).where(isRolling))[0]?.words;
  };
  const incident = await newIncident(ctx, { endpointId: fixture.endpointId, title: "flights fail" });
  expect(await wordsNow()).toBe(`Waiting: INC-${incident.number} is open: flights fail.`);
  // Workers that are killed in the meantime leave the same.
  expect(await wordsNow()).toBe(`Waiting: INC-${incident.number} is open: flights fail.`);
  const { candidateVersion } = await read(fixture.id);
  const { id: other } = await createEndpoint(ctx, { name: `${fixture.model}-returns` });
  await deployVersion(ctx, { endpointId: other, model: fixture.model, version: candidateVersion ?? 0 });
  await db.update(incidents).set({ state: "resolved" }).where(eq(incidents.id, incident.id));
  expect(await wordsNow()).toContain(`Waiting: Version ${candidateVersion}: Failing on ${fixture.model}-returns.`);
  expect(await read(fixture.id)).toMatchObject({ state: "rolling-out", rolloutId: null, endedAt: null });
  await db.update(endpoints).set({ archivedAt: new Date() }).where(eq(endpoints.id, other));
  expect(await wordsNow()).toBe(`Version ${candidateVersion} is rolled out step by step.`);
  expect((await read(fixture.id)).rolloutId).not.toBeNull();
});

test("keeps its candidate if an incident opens between the look and the start", async () => {
  const fixture = await newCycle();
  await stepTo(fixture, "gating");
  let looks = 0;
  const guard = { ...startGuard, incidentOf: async () => (++looks === 1 ? null : "INC-9 is open: it fails.") };
  await stepCycle(worker, fixture.id, { artifacts: store, guard }, Date.now());
  expect(looks).toBe(3);
  expect(await read(fixture.id)).toMatchObject({ state: "rolling-out", rolloutId: null, endedAt: null });
  await step(fixture.id);
  expect((await read(fixture.id)).rolloutId).not.toBeNull();
});

test("takes labels and training sets once they are made, or says why they are not", async () => {
  const { id: project } = await newAnimalProject(ctx);
  await addLabelled(ctx, project, {
    item: "one",
    label: "cat",
    source: "imported",
    selection: "chosen",
    data: { text: "a" },
  });
  const labels = await newCycle({ data: { kind: "labels", project, dataset: "animals" } });
  await step(labels.id);
  await step(labels.id);
  const { data } = await read(labels.id);
  expect(data).toEqual({ madeBy: expect.any(String), version: null, problem: null });
  await performExport(
    worker,
    { projectId: project, exportId: data?.madeBy ?? "" },
    { artifacts: store, maxBytes: 1e6 },
  );
  await step(labels.id);
  expect((await read(labels.id)).data).toMatchObject({ version: { name: "animals", rows: 1 }, problem: null });

  await newDriverStats(ctx);
  const spine = "driver_id,event_timestamp\n1,2026-03-01T12:00:00Z\n";
  const { digest } = await uploadRows(ctx, store, { name: "trips", fileName: "trips.csv", rows: spine });
  const features = ["driver_stats:avg_daily_trips"];
  const rows = { dataset: "trips", digest: digest ?? "" };
  const first = await createTrainingSet(ctx, { name: "drivers", rows, features });
  const made = { kind: "training-set", name: "drivers" } as const;
  const [cancelled, held] = [await newCycle({ data: made }), await newCycle({ data: made })];
  for (const { id } of [cancelled, held]) await step(id);
  const setOf = async ({ id }: Fixture) => (await read(id)).data?.madeBy ?? "";
  expect(new Set([first.id, await setOf(cancelled), await setOf(held)]).size).toBe(3);
  const cancelRequest = { by: "Ada", reason: "no", at: new Date().toISOString() };
  await db.update(retrainingCycles).set({ cancelRequest }).where(isCycle(cancelled));
  for (let turn = 0; turn < 2; turn += 1) await step(cancelled.id);
  expect((await read(cancelled.id)).state).toBe("cancelled");
  expect((await getTrainingSet(ctx, await setOf(cancelled))).state).toBe("cancelled");
  const { request } = await getTrainingSet(ctx, await setOf(held));
  await db
    .update(featureTrainingSets)
    .set({ state: "failed", request: { ...request, isHeld: true } })
    .where(eq(featureTrainingSets.id, await setOf(held)));
  await step(held.id);
  expect(await read(held.id)).toMatchObject({ state: "rejected", rejectedAt: "data" });
  expect((await read(held.id)).words).toMatch(/^The leak check of training set "drivers" failed/);
});

const isCycle = ({ id }: Fixture) => eq(retrainingCycles.id, id);

test("learns nothing from what its champion has learned from", async () => {
  const first = await newCycle();
  const { jobId } = await stepTo(first, "training");
  const [job] = await db
    .select()
    .from(trainingJobs)
    .where(eq(trainingJobs.id, jobId ?? ""));
  const isChampion = and(eq(modelVersions.modelId, first.policy.modelId), eq(modelVersions.version, 1));
  await db
    .update(modelVersions)
    .set({ runId: job?.runId ?? "" })
    .where(isChampion);
  await db.update(retrainingCycles).set({ jobId: null, state: "checking-data" }).where(isCycle(first));
  await step(first.id);
  expect(await read(first.id)).toMatchObject({ state: "rejected", rejectedAt: "data" });
  expect((await read(first.id)).words).toMatch(/^No new data: version 1 /);
});

test("a person ends it at any step, and what runs is stopped first", async () => {
  const cancel = async (fixture: Fixture) => {
    const cancelRequest = { by: "Ada", reason: "not this week", at: new Date().toISOString() };
    await db.update(retrainingCycles).set({ cancelRequest }).where(isCycle(fixture));
    await step(fixture.id);
    return read(fixture.id);
  };
  const words = "Ended by Ada: not this week";
  const fresh = await newCycle();
  expect(await cancel(fresh)).toMatchObject({ state: "cancelled", words, data: null, rejectedAt: null });

  const checking = await newCycle();
  await step(checking.id);
  await step(checking.id);
  expect((await cancel(checking)).endedAt).toBeNull();
  await step(checking.id);
  expect(await read(checking.id)).toMatchObject({ state: "cancelled", words, jobId: null });

  const training = await newCycle();
  await stepTo(training, "training");
  const { jobId, endedAt } = await cancel(training);
  const isJob = eq(trainingJobs.id, jobId ?? "");
  const [job] = await db.select().from(trainingJobs).where(isJob);
  expect([job?.stopRequest?.reason, endedAt]).toEqual([words, null]);
  await step(training.id);
  expect((await read(training.id)).state).toBe("training");
  await db.update(trainingJobs).set({ state: "stopped", endedAt: new Date() }).where(isJob);
  await step(training.id);
  expect(await read(training.id)).toMatchObject({ state: "cancelled", words });

  const evaluating = await newCycle();
  const { comparison } = await stepTo(evaluating, "evaluating");
  await cancel(evaluating);
  await step(evaluating.id);
  expect(await read(evaluating.id)).toMatchObject({ state: "cancelled", words });
  const isRun = eq(evaluationRuns.id, comparison?.frozen.candidateRunId ?? "");
  expect((await db.select().from(evaluationRuns).where(isRun))[0]?.state).toBe("cancelled");

  const asking = await newCycle({ needsApproval: true });
  await stepTo(asking, "approving");
  expect(await cancel(asking)).toMatchObject({ state: "cancelled", words, rolloutId: null });

  const rolling = await newCycle({ needsApproval: true });
  const { approval } = await stepTo(rolling, "approving");
  const decision = { isGiven: true, by: "Bob", reason: "fine", at: new Date().toISOString() };
  const askedAt = approval?.askedAt ?? "";
  await db.update(retrainingCycles).set({ approval: { askedAt, decision } }).where(isCycle(rolling));
  await stepTo(rolling, "rolling-out");
  expect((await cancel(rolling)).endedAt).toBeNull();
  await step(rolling.id);
  expect(await read(rolling.id)).toMatchObject({ state: "cancelled", words });
  const [rollout] = await db.select().from(rollouts).where(eq(rollouts.endpointId, rolling.endpointId));
  expect(rollout?.phase).toBe("rolled-back");
}, 120_000);

test("ends for another version and for its age", async () => {
  const other = await newCycle();
  await step(other.id);
  await newFlightVersion(other.model, 2);
  await deployVersion(ctx, { endpointId: other.endpointId, model: other.model, version: 2, providers: ["cpu"] });
  await step(other.id);
  await step(other.id);
  expect(await read(other.id)).toMatchObject({ state: "superseded", words: "Version 2 was deployed meanwhile." });

  const old = await newCycle();
  await step(old.id, Date.now() + 169 * hourMs);
  expect(await read(old.id)).toMatchObject({ state: "expired" });
});

/** A context whose transactions do all their work, and are lost before they are committed. */
function dying() {
  const transaction: Database["transaction"] = (work) =>
    db.transaction(async (inner) => {
      await work(inner);
      throw new Error("killed");
    });
  return {
    ...worker,
    db: new Proxy(db, { get: (of, key) => (key === "transaction" ? transaction : Reflect.get(of, key)) }),
  };
}

test("workers that step at once, and ones that die before a commit, make each part once", async () => {
  const fixture = await newCycle();
  const { id } = fixture;
  const before = await db.$count(trainingJobs);
  for (let turn = 0; turn < 12 && (await read(id)).state !== "rolling-out"; turn += 1) {
    await expect(step(id, Date.now(), dying())).rejects.toThrow("killed");
    await Promise.all([step(id), step(id), step(id)]);
    const { state, candidateId } = await read(id);
    if (state === "training" && candidateId === null) await finishJob(fixture);
    await work();
  }
  expect((await read(id)).state).toBe("rolling-out");
  expect(await db.$count(trainingJobs)).toBe(before + 1);
  expect(await db.$count(rollouts, eq(rollouts.endpointId, fixture.endpointId))).toBe(1);
  const versions = db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(eq(modelVersions.modelId, fixture.policy.modelId));
  expect(await db.$count(evaluationRuns, inArray(evaluationRuns.versionId, versions))).toBe(2);
  expect(await db.$count(retrainingCycles, and(isCycle(fixture), isNull(retrainingCycles.endedAt)))).toBe(1);
});
