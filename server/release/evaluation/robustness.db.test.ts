import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { demoFile, readFlightTable, readSamples } from "#server/roles/demo/recording.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { EvaluationSetDefinition } from "./contract.ts";
import { requestRobustness } from "./robustness/request-robustness.ts";
import { compareRobustness, getRobustness, listRobustness } from "./robustness/robustness-queries.ts";
import { requestEvaluation } from "./runs/request-evaluation.ts";
import { runEvaluation } from "./runs/run-evaluation.ts";
import { getEvaluation } from "./runs/run-queries.ts";
import { createEvaluationSet } from "./sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "./sets/freeze-evaluation-set.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const models = newModelFolder();
const folder = mkdtempSync(join(tmpdir(), "leeway-robustness-"));
const storeFolder = mkdtempSync(join(tmpdir(), "leeway-robustness-files-"));
const store = await openLocalStore(storeFolder);
const runner = createModelRunner({ artifacts: models, folder, providers: ["cpu"], limits: { workers: 1, threads: 1 } });
const deps = { artifacts: store, models: runner };

async function frozen(name: string, rows: string, task: EvaluationSetDefinition["task"]): Promise<string> {
  const { digest } = await uploadRows(ctx, store, { name, rows });
  const { id } = await createEvaluationSet(ctx, {
    name,
    definition: { dataset: { name, digest: digest ?? "" }, task },
  });
  await freezeEvaluationSet(ctx, id, store);
  return id;
}

beforeAll(async () => {
  for (const [name, version, pipeline] of [
    ["digits", 1, "pipeline.json"],
    ["digits", 5, "pipeline.json"],
    ["flight-delay", 2, undefined],
  ] as const) {
    const path = demoFile(name, `models/${name}-v${version}.onnx`);
    const { signature } = await describeModel({ path, isAlone: true });
    const steps = pipeline && JSON.parse(readFileSync(demoFile(name, pipeline), "utf8"));
    await newVersion(ctx, { model: name, version, bytes: readFileSync(path), signature, pipeline: steps }, models);
  }
}, 60_000);
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder, storeFolder]) rmSync(path, { recursive: true });
});

test("runs a version on corrupted pictures, the clean ones as an evaluation does, and compares it", async () => {
  const samples = (await readSamples("digits")).slice(0, 30);
  const lines = samples.map(({ inputs, label }) => {
    const pixels = (inputs[0]?.data ?? []) as number[];
    const rows = Array.from({ length: 8 }, (_, y) =>
      pixels.slice(y * 8, y * 8 + 8).map((value) => Math.round(value * 255)),
    );
    return `${pngFile(8, 8, 0, rows).toString("base64")},${label}`;
  });
  const setId = await frozen("digits", `picture,label\n${lines.join("\n")}\n`, {
    kind: "classification",
    label: "label",
    positive: null,
  });
  const evaluation = await requestEvaluation(ctx, { setId, name: "digits", version: 5 });
  await runEvaluation(ctx, evaluation.id, deps);
  const evaluated = await getEvaluation(ctx, evaluation.id);
  expect(evaluated).toMatchObject({ state: "done", problem: null });
  const kinds = ["impulse-noise", "contrast", "jpeg", "motion-blur"];
  const requested = await requestRobustness(ctx, { setId, name: "digits", version: 5, rows: 30, kinds });
  expect(requested).toMatchObject({
    state: "waiting",
    rowsTotal: 30 * 21,
    settings: { kinds: ["impulse-noise", "motion-blur", "contrast", "jpeg"] },
  });
  await runEvaluation(ctx, requested.id, deps);
  const { result, state, problem } = await getRobustness(ctx, requested.id);
  expect({ state, problem }).toEqual({ state: "done", problem: null });
  expect(result?.clean).toMatchObject({ rows: 30, failed: 0 });
  expect(result?.clean.accuracy).toBe(evaluated.result?.metrics[0]?.value);
  expect(result?.cells).toHaveLength(20);
  const accuracy = (kind: string, severity: number) =>
    result?.cells.find((cell) => cell.kind === kind && cell.severity === severity)?.accuracy ?? 1;
  expect(accuracy("impulse-noise", 5)).toBeLessThan(result?.clean.accuracy ?? 0);
  const mean = (result?.cells ?? []).reduce((sum, cell) => sum + cell.accuracy, 0) / 20;
  expect(result?.retained).toBeCloseTo(mean / (result?.clean.accuracy ?? 1), 9);
  const other = await requestRobustness(ctx, { setId, name: "digits", version: 1, rows: 30, kinds });
  await expect(compareRobustness(ctx, { id: requested.id, base: other.id })).rejects.toThrow("must be finished");
  await runEvaluation(ctx, other.id, deps);
  const compared = await compareRobustness(ctx, { id: requested.id, base: other.id });
  expect(compared.byKind).toHaveLength(4);
  expect((await compareRobustness(ctx, { id: other.id, base: other.id })).mce).toBe(1);
  expect(compared.retained.first).toBe(result?.retained);
  await expect(requestRobustness(ctx, { setId, name: "digits", version: 5, kinds: ["typos"] })).rejects.toThrow(
    'Corruption "typos" does not fit this version.',
  );
}, 120_000);

test("runs a version on corrupted cells, twice with the same result", async () => {
  const table = await readFlightTable();
  const lines = [table.columns, ...table.rows.slice(0, 120)].map((row) => row.join(","));
  const task = { kind: "classification" as const, label: "delayed", positive: null };
  const setId = await frozen("flights", `${lines.join("\n")}\n`, task);
  const request = { setId, name: "flight-delay", version: 2, rows: 60 };
  const { id, settings } = await requestRobustness(ctx, request);
  expect(settings.kinds).toEqual(expect.arrayContaining(["missing-cells", "other-unit", "previous-row"]));
  await runEvaluation(ctx, id, deps);
  const whole = await getRobustness(ctx, id);
  expect(whole).toMatchObject({ state: "done", rowsDone: whole.rowsTotal });
  // With another provider it is another run of the same numbers.
  const again = await requestRobustness(ctx, { ...request, provider: "cpu" });
  await runEvaluation(ctx, again.id, deps);
  const { modelMs: _a, ...first } = whole.result ?? { modelMs: 0 };
  const { modelMs: _b, ...second } = (await getRobustness(ctx, again.id)).result ?? { modelMs: 0 };
  expect(second).toEqual(first);
  expect((await listRobustness(ctx, { name: "flight-delay" })).map((run) => run.id).sort()).toEqual(
    [id, again.id].sort(),
  );
  expect(await requestRobustness(ctx, request)).toMatchObject({ id, state: "done" });
  expect((await requestRobustness(ctx, { ...request, seed: 2 })).id).not.toBe(id);
}, 120_000);
