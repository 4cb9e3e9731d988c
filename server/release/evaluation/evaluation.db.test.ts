import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq, isNotNull, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationParts, evaluationRuns, gateRuns, modelVersions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { findHolders } from "#server/admin/collection/find-holders.ts";
import { sweepArtifacts } from "#server/admin/collection/sweep-artifacts.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { pending } from "#server/develop/registry/gates/pending.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { GateSetting } from "#server/develop/registry/policy/contract.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { enqueueWaitingGates } from "#server/develop/registry/requests/enqueue-waiting-gates.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { listReleases } from "#server/platform/artifacts/release-queries.ts";
import { getChecklist } from "#server/release/gates/queries.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { writeGateRuns } from "#server/release/gates/write-gate-runs.ts";
import { demoFile, readFlightTable } from "#server/roles/demo/recording.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getModelCard } from "./card/get-model-card.ts";
import { compareEvaluations } from "./comparison/compare-evaluations.ts";
import { listChangedRows } from "./comparison/list-changed-rows.ts";
import type { EvaluationSet } from "./contract.ts";
import { listLoggedEvaluations } from "./logged/list-logged-evaluations.ts";
import { listEvaluatedRows } from "./rows/list-evaluated-rows.ts";
import { cancelEvaluation } from "./runs/cancel-evaluation.ts";
import { requestEvaluation } from "./runs/request-evaluation.ts";
import { resumeEvaluations } from "./runs/resume-evaluations.ts";
import { runEvaluation } from "./runs/run-evaluation.ts";
import { getEvaluation, listEvaluations } from "./runs/run-queries.ts";
import { createEvaluationSet } from "./sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "./sets/freeze-evaluation-set.ts";
import { retireEvaluationSet } from "./sets/retire-evaluation-set.ts";
import { getEvaluationSet, listEvaluationSets } from "./sets/set-queries.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const models = newModelFolder();
const folder = mkdtempSync(join(tmpdir(), "leeway-evaluations-"));
const storeFolder = mkdtempSync(join(tmpdir(), "leeway-evaluation-files-"));
const store = await openLocalStore(storeFolder);
const runner = createModelRunner({
  artifacts: models,
  folder,
  providers: ["cpu"],
  limits: { workers: 1, threads: 1 },
});
const deps = { artifacts: store, models: runner };
const table = await readFlightTable();
const model = "flight-delay";
const columnOf = (name: string) => table.columns.indexOf(name);
const dataset = { name: "flights", digest: "" };
let set: EvaluationSet;

const labelled = table.rows.slice(0, 1200);
const definition = () => ({
  dataset,
  task: { kind: "classification" as const, label: "delayed" },
  segments: [{ column: "origin" }, { name: "long haul", filter: "distance > 1000" }],
  groups: ["origin"],
  excluded: [
    { rows: [1, 2], reason: "recorded twice" },
    { filter: "departure_delay > 600", reason: "implausible" },
  ],
});

async function frozen(name: string, changes: object = {}): Promise<EvaluationSet> {
  const { id } = await createEvaluationSet(ctx, { name, definition: { ...definition(), ...changes } });
  await freezeEvaluationSet(ctx, id, store);
  return getEvaluationSet(ctx, id);
}

beforeAll(async () => {
  for (const version of [1, 2]) {
    const path = demoFile(model, `models/flight-delay-v${version}.onnx`);
    const { signature } = await describeModel({ path, isAlone: true });
    await newVersion(ctx, { model, version, bytes: readFileSync(path), signature }, models);
  }
  const lines = [table.columns, ...labelled].map((row) => row.join(","));
  const upload = await uploadRows(ctx, store, { name: dataset.name, rows: `${lines.join("\n")}\n` });
  dataset.digest = upload.digest ?? "";
  set = await frozen("spring");
}, 120_000);
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder, storeFolder]) rmSync(path, { recursive: true });
});

test("freezes rows of a dataset version with classes, segments and what is left out", async () => {
  const late = labelled.filter((row, index) => index > 1 && Number(row[columnOf("departure_delay")]) > 600).length;
  expect(set).toMatchObject({ name: "spring", state: "ready", problem: null, rowsExpected: 1200 });
  expect(set.facts).toMatchObject({
    rows: 1200,
    included: 1198 - late,
    filteredOut: 0,
    unlabelled: 0,
    excluded: [
      { reason: "recorded twice", rows: 2 },
      { reason: "implausible", rows: late },
    ],
  });
  const used = labelled.filter((row, index) => index > 1 && !(Number(row[columnOf("departure_delay")]) > 600));
  const fromJfk = used.filter((row) => row[columnOf("origin")] === "JFK").length;
  expect(set.facts?.segments).toContainEqual({
    id: "origin=JFK",
    title: "origin = JFK",
    column: "origin",
    isGroup: true,
    rows: fromJfk,
  });
  const far = used.filter((row) => Number(row[columnOf("distance")]) > 1000).length;
  expect(set.facts?.segments).toContainEqual(expect.objectContaining({ id: "long haul", column: null, rows: far }));
  expect(set.facts?.classes?.reduce((sum, { rows }) => sum + rows, 0)).toBe(set.facts?.included);
  expect(await createEvaluationSet(ctx, { name: "spring", definition: definition() })).toMatchObject({ id: set.id });
  expect((await frozen("spring", { excluded: [] })).id).not.toBe(set.id);
  const holders = await findHolders(ctx, [`${ctx.actor.workspaceId}/evaluation-sets/${set.id}`]);
  expect([...holders.values()]).toEqual(["an evaluation set"]);
});

test("refuses a set that its dataset cannot fill, and says where a label is wrong", async () => {
  const create = (changes: object) =>
    createEvaluationSet(ctx, { name: "x", definition: { ...definition(), ...changes } });
  await expect(create({ task: { kind: "classification", label: "late" } })).rejects.toMatchObject({
    code: "invalid",
    message: '"flights" has no column "late".',
  });
  await expect(create({ filter: "distance >" })).rejects.toMatchObject({ code: "invalid" });
  await expect(create({ filter: "distance > far" })).rejects.toThrow('"far" is neither a number nor a time.');
  await expect(create({ dataset: { ...dataset, digest: "0" } })).rejects.toMatchObject({ code: "not-found" });
  expect(await frozen("numbers", { task: { kind: "regression", label: "carrier" } })).toMatchObject({
    state: "failed",
    problem: { line: 4, column: "carrier", message: expect.stringContaining("is not a number") },
  });
  expect(await frozen("empty", { filter: "distance < 0" })).toMatchObject({
    state: "failed",
    problem: { message: expect.stringContaining("No row is left to evaluate") },
  });
});

test("evaluates a version once, by its answers to every row", async () => {
  const { id } = await requestEvaluation(ctx, { setId: set.id, name: model, version: 1 });
  expect(await getEvaluation(ctx, id)).toMatchObject({ state: "waiting", rowsDone: 0, rowsTotal: set.facts?.included });
  await runEvaluation(ctx, id, deps);
  const run = await getEvaluation(ctx, id);
  expect(run).toMatchObject({ state: "done", ranOn: "cpu", problem: null, isStale: false });
  const { result } = run;
  expect(result).toMatchObject({ evaluated: set.facts?.included, failed: 0, failures: [] });
  const [accuracy] = result?.metrics ?? [];
  expect(accuracy).toMatchObject({ id: "accuracy", method: "Wilson", better: "higher", scale: "proportion" });
  expect(accuracy?.value).toBeGreaterThan(0.8);
  const panels = result?.panels;
  const cells = panels?.kind === "classification" ? panels.confusion.flat() : [];
  expect(cells.reduce((sum, count) => sum + count, 0)).toBe(set.facts?.included);
  expect(result?.metrics.find((metric) => metric.id === "logLoss")?.interval).not.toBeNull();
  // The same rows by the model itself, one by one.
  const { rows, total } = await listEvaluatedRows(ctx, { id, limit: 20 }, store);
  expect(total).toBe(set.facts?.included);
  for (const { row, prediction, label, score } of rows.slice(0, 8)) {
    const values = labelled[row - 1] ?? [];
    const inputs = Object.entries(table.inputs).map(([name, datatype]) => ({
      name,
      datatype,
      shape: [1, 1],
      data: [values[columnOf(name)] ?? ""],
    }));
    const [version] = await db.select().from(modelVersions).where(eq(modelVersions.version, 1));
    const answer = await runner.run(ctx, { versionId: version?.id ?? "", inputs });
    const [shares] = answer.outputs.map(({ data }) => data as number[]);
    expect(score).toBeCloseTo(shares?.[1] ?? Number.NaN, 5);
    expect(prediction).toBe(Number(shares?.[1]) > 0.5 ? "delayed" : "on time");
    expect(label).toBe(values[columnOf("delayed")] === 1 ? "delayed" : "on time");
  }
  const wrong = await listEvaluatedRows(ctx, { id, only: "incorrect", order: "loss", segment: "origin=JFK" }, store);
  expect(wrong.rows.every((row) => row.isCorrect === false)).toBe(true);
  const losses = wrong.rows.map(({ loss }) => loss ?? 0);
  expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  const jfk = result?.segments.find((segment) => segment.id === "origin=JFK");
  expect(jfk?.rows).toBe(set.facts?.segments.find((segment) => segment.id === "origin=JFK")?.rows);
  expect(wrong.total).toBe(Math.round((jfk?.rows ?? 0) * (1 - (jfk?.metrics[0]?.value ?? 0))));
  expect(result?.groups).toMatchObject([{ column: "origin", metric: "accuracy", gap: expect.any(Number) }]);
  // The same key is the same run.
  expect(await requestEvaluation(ctx, { setId: set.id, name: model, version: 1 })).toMatchObject({ id, state: "done" });
  expect(await db.$count(evaluationParts)).toBe(0);
  expect((await getEvaluationSet(ctx, set.id)).usage).toMatchObject({ runs: 1, versions: 1, level: "fine" });
}, 120_000);

test("compares no version whose file changed, and runs it again by its new file", async () => {
  const { id: versionId } = await newVersion(
    ctx,
    { model: "changing", version: 1, bytes: readFileSync(demoFile(model, "models/flight-delay-v1.onnx")) },
    models,
  );
  const [original] = await db.select().from(modelVersions).where(eq(modelVersions.version, 1)).limit(1);
  await db.update(modelVersions).set({ signature: original?.signature }).where(eq(modelVersions.id, versionId));
  const request = { setId: set.id, name: "changing", version: 1 };
  const { id } = await requestEvaluation(ctx, request);
  await db
    .update(modelVersions)
    .set({ sha256: "0".repeat(64) })
    .where(eq(modelVersions.id, versionId));
  await runEvaluation(ctx, id, deps);
  expect(await getEvaluation(ctx, id)).toMatchObject({
    state: "failed",
    isStale: true,
    problem: expect.stringContaining("has changed since"),
  });
  expect((await requestEvaluation(ctx, request)).id).not.toBe(id);
}, 60_000);

test("continues after a crash without counting a row twice, and after a cancellation", async () => {
  const { id } = await requestEvaluation(ctx, { setId: set.id, name: model, version: 2 });
  // A runner that stops in the middle, with some rows stored.
  const stuck = stuckAfter(3);
  const died = runEvaluation(ctx, id, { ...deps, models: stuck.models, partRows: 256 });
  await stuck.reached;
  const [stopped] = await db.select().from(evaluationRuns).where(eq(evaluationRuns.id, id));
  expect(stopped).toMatchObject({ state: "running", rowsDone: 512 });
  await runEvaluation(ctx, id, deps);
  expect(await getEvaluation(ctx, id)).toMatchObject({ state: "running" });
  // Its lease expires, and nobody else has it until then.
  const expired = { runner: randomUUID(), leasedUntil: new Date(0) };
  await db.update(evaluationRuns).set(expired).where(eq(evaluationRuns.id, id));
  stuck.die();
  await died;
  expect(await getEvaluation(ctx, id)).toMatchObject({ state: "running", problem: null });
  await resumeEvaluations(ctx);
  expect(await db.$count(evaluationParts)).toBe(2);
  await cancelEvaluation(ctx, id);
  await runEvaluation(ctx, id, deps);
  expect(await getEvaluation(ctx, id)).toMatchObject({ state: "cancelled", rowsDone: stopped?.rowsDone });
  await expect(cancelEvaluation(ctx, id)).rejects.toMatchObject({ code: "conflict" });
  await requestEvaluation(ctx, { setId: set.id, name: model, version: 2 });
  await runEvaluation(ctx, id, deps);
  const resumed = await getEvaluation(ctx, id);
  expect(resumed).toMatchObject({ state: "done", rowsDone: set.facts?.included });
  // Another provider is another run: here it goes through in one piece, with the same rows.
  const { id: whole } = await requestEvaluation(ctx, { setId: set.id, name: model, version: 2, provider: "cpu" });
  await runEvaluation(ctx, whole, deps);
  const again = await getEvaluation(ctx, whole);
  expect(again.result?.metrics).toEqual(resumed.result?.metrics);
  const rowsOf = async (id: string) => (await listEvaluatedRows(ctx, { id, limit: 1000 }, store)).rows;
  expect(await rowsOf(whole)).toEqual(await rowsOf(id));
  expect((await listEvaluations(ctx, { name: model, version: 2 })).map((run) => run.id).sort()).toEqual(
    [id, whole].sort(),
  );
}, 120_000);

/** A model runner that stops at a run of the version, until it dies. */
function stuckAfter(limit: number) {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: death, reject } = Promise.withResolvers<never>();
  let runs = 0;
  const leaseVersion: typeof runner.leaseVersion = (ctx, wanted, work) =>
    runner.leaseVersion(ctx, wanted, (lease) =>
      work({
        ...lease,
        run: async (...input) => {
          runs += 1;
          if (runs < limit) return lease.run(...input);
          reach();
          return death;
        },
      }),
    );
  return { models: { leaseVersion }, reached, die: () => reject(new Error("The process died.")) };
}

test("compares two versions row by row, by segment, and lists the rows that changed", async () => {
  const versions = { setId: set.id, first: { name: model, version: 2 }, second: { name: model, version: 1 } };
  const found = await compareEvaluations(ctx, versions, store);
  const [accuracy] = found.metrics;
  const runs = await listEvaluations(ctx, { setId: set.id, name: model });
  const accuracyOf = (version: number) => runs.find((run) => run.version === version)?.result?.metrics[0]?.value ?? 0;
  expect(accuracy).toMatchObject({
    id: "accuracy",
    first: accuracyOf(2),
    second: accuracyOf(1),
    rows: set.facts?.included,
  });
  expect(accuracy?.difference).toBeCloseTo(accuracyOf(2) - accuracyOf(1), 12);
  const { discordant } = found;
  const { both = 0, onlyFirst = 0, onlySecond = 0, neither = 0 } = discordant ?? {};
  expect(both + onlyFirst + onlySecond + neither).toBe(set.facts?.included);
  expect((onlyFirst - onlySecond) / (set.facts?.included ?? 1)).toBeCloseTo(accuracy?.difference ?? 1, 12);
  // Pairing narrows the interval.
  const width = (interval: { low: number; high: number } | null | undefined) =>
    (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width(accuracy?.interval)).toBeLessThan(width(discordant?.unpaired));
  expect(found.segments.map(({ id }) => id).sort()).toEqual(set.facts?.segments.map(({ id }) => id).sort());
  const differences = found.segments.map(({ result }) => result.difference ?? 0);
  expect(differences).toEqual(differences.toSorted((a, b) => a - b));
  const gained = await listChangedRows(ctx, { ...versions, change: "gained", limit: 5 }, store);
  expect(gained.total).toBe(onlyFirst);
  for (const { label, first, second } of gained.rows) {
    expect(first.prediction).toBe(label);
    expect(second.prediction).not.toBe(label);
  }
  const [one] = (await listChangedRows(ctx, { ...versions, change: "lost", limit: 1 }, store)).rows;
  const next = await listChangedRows(ctx, { ...versions, change: "lost", offset: 1, limit: 1000 }, store);
  expect(next.rows).toHaveLength(onlySecond - 1);
  expect(next.rows.map(({ row }) => row)).not.toContain(one?.row);
  const swapped = await compareEvaluations(ctx, { ...versions, first: versions.second, second: versions.first }, store);
  expect(swapped.metrics[0]?.difference).toBeCloseTo(-(accuracy?.difference ?? 1), 12);
  const inJfk = await compareEvaluations(ctx, { ...versions, segment: "origin=JFK" }, store);
  expect(inJfk.rows).toBe(set.facts?.segments.find(({ id }) => id === "origin=JFK")?.rows);
  expect(inJfk.metrics[0]?.difference).toBe(found.segments.find(({ id }) => id === "origin=JFK")?.result.difference);
  const byLoss = await compareEvaluations(ctx, { ...versions, metric: "logLoss" }, store);
  expect(byLoss.metrics).toEqual(found.metrics.filter(({ id }) => id === "logLoss"));
  expect(byLoss.segments.every(({ result }) => result.id === "logLoss")).toBe(true);
  await expect(compareEvaluations(ctx, { ...versions, metric: "joy" }, store)).rejects.toThrow("not compared by");
  await expect(compareEvaluations(ctx, { ...versions, segment: "shop" }, store)).rejects.toThrow('no segment "shop"');
  await expect(
    compareEvaluations(ctx, { ...versions, first: { name: "changing", version: 1 } }, store),
  ).rejects.toThrow("changing v1 has not been evaluated on this set.");
}, 60_000);

test("fails where the version cannot be evaluated, with a reason", async () => {
  await expect(requestEvaluation(ctx, { setId: set.id, name: model, version: 9 })).rejects.toMatchObject({
    code: "not-found",
  });
  await newVersion(ctx, { model: "other", version: 1 }, models);
  await expect(requestEvaluation(ctx, { setId: set.id, name: "other", version: 1 })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining('"flights" has no column for input "x[0]"'),
  });
  const numbers = await frozen("arrival", { task: { kind: "regression", label: "departure_delay" } });
  await expect(requestEvaluation(ctx, { setId: numbers.id, name: model, version: 1 })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("The set asks for one number per row (regression); this version returns"),
  });
  const carriers = await frozen("carriers", { task: { kind: "classification", label: "carrier" } });
  await expect(requestEvaluation(ctx, { setId: carriers.id, name: model, version: 1 })).rejects.toThrow(
    "are none of the classes of this version",
  );
  const { id } = await requestEvaluation(ctx, { setId: set.id, name: model, version: 1, provider: "cuda" });
  await runEvaluation(ctx, id, deps);
  expect(await getEvaluation(ctx, id)).toMatchObject({
    state: "failed",
    problem: expect.stringContaining('Provider "cuda" is not available here.'),
  });
}, 60_000);

test("gates a version by the frozen set, starts missing evaluations, and goes stale with a file", async () => {
  const gated = "gated";
  for (const version of [1, 2]) {
    const [original] = await db.select().from(modelVersions).where(eq(modelVersions.version, version)).limit(1);
    const bytes = readFileSync(demoFile(model, `models/flight-delay-v${version}.onnx`));
    await newVersion(ctx, { model: gated, version, bytes, signature: original?.signature as never }, models);
  }
  await setAlias(ctx, { name: gated, alias: "champion", version: 1 });
  const gate = { kind: "evaluation" as const, set: { name: set.name, digest: set.digest }, metric: "accuracy" };
  const gates = [
    { ...gate, bound: 0.5, margin: 0.2 },
    { ...gate, metric: "accuracy", segment: "origin=JFK", bound: 0.999, decisionBasis: "point" as const },
    { ...gate, metric: "accuracy", segment: "nowhere", bound: 0.5 },
  ];
  await setPolicy(ctx, { name: gated, policy: { gates }, reason: "measure" });
  const refused = (change: object) =>
    expect(setPolicy(ctx, { name: gated, policy: { gates: [{ ...gate, bound: 0.5, ...change }] }, reason: "x" }))
      .rejects;
  await refused({ metric: "happiness" }).toThrow(`Gate "happiness on ${set.name}": there is no metric "happiness".`);
  await refused({ metric: "logLoss", better: "higher" }).toThrow("Log loss is better when it is lower");
  await refused({ metric: "bias" }).toThrow("has no better direction");
  const { id: versionId } = await findVersion(ctx, { name: gated, version: 2 });
  const check = () => runGates(ctx, { versionId, alias: "champion", checkId: randomUUID() }, runner, store);
  const linesOf = async () => (await getChecklist(ctx, { name: gated, version: 2 })).gates;
  await check();
  const runs = await listEvaluations(ctx, { name: gated });
  expect(runs.map(({ version, state }) => [version, state]).sort()).toEqual([
    [1, "waiting"],
    [2, "waiting"],
  ]);
  const [first] = await linesOf();
  expect(first).toMatchObject({ standing: "pending", run: { words: "its evaluation is in progress" } });
  expect(first?.run?.evidence.waitsFor?.toSorted()).toEqual(runs.map(({ id }) => id).sort());
  await db.execute(sql`delete from pgboss.job where name = 'run-gates'`);
  for (const { id } of runs) await runEvaluation(ctx, id, { ...deps, onEnd: enqueueWaitingGates });
  const jobs = await db.execute(sql`select data->>'versionId' as id from pgboss.job where name = 'run-gates'`);
  expect(jobs.rows).toEqual([{ id: versionId }]);
  await check();
  const versions = { setId: set.id, first: { name: gated, version: 2 }, second: { name: gated, version: 1 } };
  const { metrics } = await compareEvaluations(ctx, versions, store);
  const [passed, failed, nowhere] = await linesOf();
  expect(passed).toMatchObject({ standing: "passed", title: `Accuracy on ${set.name}` });
  expect(passed?.run?.measured).toBe(metrics[0]?.first);
  expect(passed?.run?.evidence.method).toBe("paired interval of Agresti and Min");
  expect(passed?.run?.evidence.facts).toEqual(
    expect.arrayContaining([
      { label: "Required", value: "at least 50.0%" },
      { label: "Margin", value: "at most 20.0 pp worse" },
    ]),
  );
  expect(failed).toMatchObject({ standing: "failed", title: `Accuracy on ${set.name}, origin=JFK` });
  expect(nowhere).toMatchObject({ standing: "pending", run: { words: 'the set has no segment "nowhere"' } });
  // One gate that cannot read its file does not keep the others from being stored.
  await setPolicy(ctx, { name: gated, policy: { gates: [...gates, { kind: "signature" as const }] }, reason: "more" });
  const lost = { ...store, open: () => Promise.reject(new Error("The file is lost.")) };
  const checkId = randomUUID();
  await expect(runGates(ctx, { versionId, alias: "champion", checkId }, runner, lost)).rejects.toThrow("is lost");
  const written = await db.select({ gate: gateRuns.gate }).from(gateRuns).where(eq(gateRuns.checkId, checkId));
  expect(written).toEqual([{ gate: expect.stringContaining("signature") }]);
  await setPolicy(ctx, { name: gated, policy: { gates }, reason: "less" });
  // The champion's pipeline or file changed: what was measured is about another one.
  const { id: championId } = await findVersion(ctx, { name: gated, version: 1 });
  await db
    .update(modelVersions)
    .set({ sha256: "1".repeat(64) })
    .where(eq(modelVersions.id, championId));
  expect((await linesOf()).map(({ standing }) => standing).slice(0, 2)).toEqual(["stale", "failed"]);
  await db
    .update(modelVersions)
    .set({ sha256: "2".repeat(64) })
    .where(eq(modelVersions.id, versionId));
  expect((await linesOf()).map(({ standing }) => standing).slice(0, 2)).toEqual(["stale", "stale"]);
}, 60_000);

test("writes a model card from what was evaluated", async () => {
  const card = await getModelCard(ctx, { name: model, version: 2 });
  expect(card).toContain("# flight-delay v2");
  expect(card).toContain("## Evaluation on spring");
  const [listed] = await listEvaluations(ctx, { name: model, version: 2, limit: 1 });
  const { metrics = [], evaluated } = listed?.result ?? {};
  expect(evaluated).toBe(set.facts?.included);
  // A list leaves out what may be megabytes.
  for (const part of ["failures", "panels", "segments", "groups"]) expect(listed?.result).not.toHaveProperty(part);
  expect(card).toContain(`| Accuracy | ${((metrics[0]?.value ?? 0) * 100).toFixed(1)}% |`);
  expect(card).toContain("| origin = JFK |");
  expect(card).toContain("- 2 rows are excluded: recorded twice");
  expect(await getModelCard(ctx, { name: "other", version: 1 })).toContain("has not been evaluated on a frozen set.");
  await expect(getModelCard(ctx, { name: model, version: 99 })).rejects.toMatchObject({ code: "not-found" });
});

test("lists results that MLflow clients logged, by dataset, and marks rows that were in training", async () => {
  const experimentId = await createExperiment(ctx, { name: "flights" });
  const { id: runId } = await createRun(ctx, { experimentId, name: "evaluated" });
  const upload = async (name: string, columns: readonly string[], rows: readonly (readonly unknown[])[]) => {
    const lines = [columns, ...rows].map((row) => row.join(","));
    const { digest } = await uploadRows(ctx, store, { name, rows: `${lines.join("\n")}\n` });
    return { name, digest: digest ?? "", sourceType: "local", source: "{}" };
  };
  const own = { name: dataset.name, digest: dataset.digest, sourceType: "local", source: "{}" };
  // The same inputs beside another number of the row and no label; and a label that every row shares.
  const label = columnOf("delayed");
  const inputs = table.columns.filter((_, at) => at !== label);
  const seen = labelled.slice(100, 400).map((row, at) => [at, ...row.filter((_, column) => column !== label)]);
  const training = await upload("trained-on", ["row", ...inputs], seen);
  const labels = await upload("labels", ["delayed"], [[0], [1]]);
  const use = (context: string) => [{ key: "mlflow.data.context", value: context }];
  await logInputs(ctx, {
    runId,
    datasets: [
      { ...training, tags: use("training") },
      { ...labels, tags: use("training") },
      { ...own, tags: use("training") },
      { ...own, name: "holdout", digest: "d1", tags: use("eval") },
    ],
  });
  await logBatch(ctx, {
    runId,
    metrics: [{ key: "accuracy_score", value: 0.91, timestamp: 1, step: 0 }],
    params: [],
    tags: [{ key: "mlflow.datasets", value: JSON.stringify([{ name: "other", hash: "d2", model: "m" }]) }],
  });
  const [original] = await db.select().from(modelVersions).where(eq(modelVersions.version, 1)).limit(1);
  const bytes = readFileSync(demoFile(model, "models/flight-delay-v1.onnx"));
  const signature = original?.signature as never;
  const { id } = await newVersion(ctx, { model: "logged", version: 1, bytes, signature }, models);
  await db.update(modelVersions).set({ runId }).where(eq(modelVersions.id, id));
  expect((await listLoggedEvaluations(ctx, { name: "logged", version: 1 })).results).toEqual([
    {
      runId,
      runName: "evaluated",
      datasets: [
        { name: "holdout", digest: "d1" },
        { name: "other", digest: "d2" },
      ],
      metrics: [{ key: "accuracy_score", value: 0.91 }],
    },
  ]);
  const requested = await requestEvaluation(ctx, { setId: set.id, name: "logged", version: 1 });
  await runEvaluation(ctx, requested.id, deps);
  const { leakage } = await getEvaluation(ctx, requested.id);
  const keys = new Set(seen.map(([, ...row]) => row.join(",")));
  const used = labelled.filter((row, at) => at > 1 && !(Number(row[columnOf("departure_delay")]) > 600));
  const shared = used.filter((row) => keys.has(row.filter((_, column) => column !== label).join(","))).length;
  expect(shared).toBeGreaterThan(250);
  expect(leakage).toMatchObject({
    checked: [{ dataset: "trained-on", sharedRows: shared }],
    sharedRows: shared,
    words: `${shared} of 1,198 rows were in training.`,
  });
  expect(leakage?.unknown).toEqual([
    expect.objectContaining({ dataset: "flights", reason: expect.stringContaining("does not say which of its rows") }),
    expect.objectContaining({ dataset: "labels", reason: expect.stringContaining("does not exist on both sides") }),
  ]);
}, 60_000);

test("retires a set: its results stay, and no version is evaluated on it any more", async () => {
  const retired = await frozen("old", { filter: "distance > 500" });
  await retireEvaluationSet(ctx, { id: retired.id, reason: "too old" });
  await expect(requestEvaluation(ctx, { setId: retired.id, name: model, version: 1 })).rejects.toThrow(
    'Set "old" is retired: too old',
  );
  await expect(retireEvaluationSet(ctx, { id: retired.id, reason: "x" })).rejects.toMatchObject({ code: "conflict" });
  const names = (sets: EvaluationSet[]) => sets.map(({ name }) => name);
  expect(names(await listEvaluationSets(ctx))).not.toContain("old");
  expect(names(await listEvaluationSets(ctx, { includeRetired: true }))).toContain("old");
});

test("runs the gates again after a cancellation, a dead runner, and an end that came before their result was stored", async () => {
  const name = "waiting";
  const [original] = await db.select().from(modelVersions).where(eq(modelVersions.version, 1)).limit(1);
  const bytes = readFileSync(demoFile(model, "models/flight-delay-v1.onnx"));
  const signature = original?.signature as never;
  const { id: versionId } = await newVersion(ctx, { model: name, version: 1, bytes, signature }, models);
  const gate = { kind: "evaluation" as const, set: { name: set.name, digest: set.digest } };
  const gates = [
    { ...gate, metric: "accuracy", bound: 0.5 },
    { ...gate, metric: "logLoss", bound: 0.001 },
  ];
  await setPolicy(ctx, { name, policy: { gates }, reason: "measure" });
  const check = () => runGates(ctx, { versionId, alias: "champion", checkId: randomUUID() }, runner, store);
  const clear = () => db.execute(sql`delete from pgboss.job where name in ('run-gates', 'run-evaluation')`);
  const enqueued = async (kind: string) =>
    (await db.execute(sql`select data->>'versionId' as id from pgboss.job where name = ${kind}`)).rows;
  await check();
  const line = async (at = 0) => (await getChecklist(ctx, { name, version: 1 })).gates[at]?.run;
  expect(await line(1)).toMatchObject({ words: "its evaluation is in progress", settings: { better: "lower" } });
  const runId = (await line())?.evidence.waitsFor?.[0] ?? "";
  await clear();
  await cancelEvaluation(ctx, runId);
  expect(await enqueued("run-gates")).toEqual([{ id: versionId }]);
  await check();
  expect(await line()).toMatchObject({
    words: expect.stringContaining("was cancelled"),
    evidence: { endedRuns: [runId] },
  });
  // Its runners die.
  await requestEvaluation(ctx, { setId: set.id, name, version: 1 });
  await check();
  await clear();
  const lapsed = { state: "running" as const, attempts: 5, leasedUntil: new Date(0) };
  await db.update(evaluationRuns).set(lapsed).where(eq(evaluationRuns.id, runId));
  await resumeEvaluations(ctx);
  expect(await enqueued("run-gates")).toEqual([{ id: versionId }]);
  // A gate that found it in progress is stored only after its end.
  await clear();
  const late = { ...pending("its evaluation is in progress"), gate: "late", settings: GateSetting.parse(gates[0]) };
  const found = [{ ...late, evidence: { ...late.evidence, waitsFor: [runId] } }];
  const stored = { modelId: original?.modelId ?? "", baseline: null };
  await writeGateRuns(ctx, { versionId, alias: "champion", checkId: randomUUID() }, stored, found);
  expect(await enqueued("run-gates")).toEqual([{ id: versionId }]);
  // A run whose rows the trash did not keep starts at its first row.
  await requestEvaluation(ctx, { setId: set.id, name, version: 1 });
  await db.update(evaluationRuns).set({ rowsDone: 512 }).where(eq(evaluationRuns.id, runId));
  await clear();
  await db
    .update(evaluationRuns)
    .set({ createdAt: new Date(0) })
    .where(eq(evaluationRuns.id, runId));
  for (const _ of [1, 2, 3]) await resumeEvaluations(ctx);
  const { rows: jobs } = await db.execute(
    sql`select 1 from pgboss.job where name = 'run-evaluation' and data->>'runId' = ${runId}`,
  );
  expect(jobs).toHaveLength(1);
  await clear();
  await runEvaluation(ctx, runId, { ...deps, onEnd: enqueueWaitingGates });
  expect(await getEvaluation(ctx, runId)).toMatchObject({ state: "done", rowsDone: set.facts?.included });
  expect(await enqueued("run-gates")).toEqual([{ id: versionId }]);
}, 60_000);

test("finds rows of evaluations and sets that nothing refers to any more", async () => {
  const { workspaceId } = ctx.actor;
  const lost = [`evaluations/${randomUUID()}`, `evaluation-sets/${randomUUID()}`];
  for (const path of lost)
    await store.put(`${workspaceId}/${path}/rows.columns`, Readable.from([Buffer.from("12345")]));
  const orphans = async () => {
    await sweepArtifacts(ctx, store);
    const { releases } = await listReleases(ctx);
    return releases
      .map(({ path }) => path)
      .filter((path) => path.startsWith("evaluation"))
      .sort();
  };
  expect(await orphans()).toEqual(lost.toSorted());
  // A run goes with its version when that is purged.
  const [run] = await db.select().from(evaluationRuns).where(isNotNull(evaluationRuns.rowsKey)).limit(1);
  if (!run) throw new Error("There is no run with rows.");
  await db.delete(evaluationRuns).where(eq(evaluationRuns.id, run.id));
  expect(await orphans()).toEqual([...lost, `evaluations/${run.id}`].toSorted());
});
