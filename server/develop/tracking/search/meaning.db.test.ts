import { expect, test } from "vitest";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { isSatisfied, type Material, makeFilter, pick } from "../../../testing/fixtures/tracking/search/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import type { FindingKind } from "../health/contract.ts";
import { listRunFindings } from "../health/queries.ts";
import { storeFindings } from "../health/store-findings.ts";
import { logBatch } from "../metrics/log-batch.ts";
import type { Run } from "../runs/contract.ts";
import { createRun } from "../runs/create-run.ts";
import { logInputs } from "../runs/log-inputs.ts";
import { searchRuns } from "../runs/queries.ts";
import { contextTag } from "../runs/tags.ts";
import { updateRun } from "../runs/update-run.ts";
import { runVocabulary } from "../runs/vocabulary.ts";
import type { Subject, Value } from "./filter.ts";
import { parseFilter } from "./parse-filter.ts";

const material: Material = {
  keys: ["a", "b", "mlflow.c"],
  texts: ["", "x", "X", "xy", "z", "é", "10", "9", "it's", "train", "FINISHED", "RUNNING", "nan"],
  numbers: ["0", "1", "-1", "0.5", "2", "1e300"],
  patterns: ["%", "x%", "_", "X_", "%y", "[xz]", "^x", "y$", "x|z"],
};
const metrics = [0, 1, -1, 0.5, 2, Number.NaN, 1e300];

const noFinding = { metric: null, step: null, value: null, since: 1, words: "" };

async function furnish(ctx: Parameters<typeof createRun>[0], random: Random): Promise<number> {
  const experimentId = await createExperiment(ctx, { name: "meaning" });
  const some = <Item>(items: readonly Item[]) => items.filter(() => random() < 0.5);
  for (let index = 0; index < 40; index++) {
    const name = pick(random, ["x", "X", "xy", "it's"]);
    const startedAt = Math.floor(random() * 3);
    const { id } = await createRun(ctx, { experimentId, name, userName: pick(random, material.texts), startedAt });
    const entries = () => some(material.keys).map((key) => ({ key, value: pick(random, material.texts) }));
    await logBatch(ctx, {
      runId: id,
      metrics: some(material.keys).map((key) => ({ key, value: pick(random, metrics), timestamp: 1, step: 0 })),
      params: entries(),
      tags: entries(),
    });
    const datasets = some(["x", "xy"]).map((name) => ({
      name,
      digest: pick(random, ["9", "10"]),
      sourceType: "s",
      source: "s",
      tags: random() < 0.5 ? [{ key: contextTag, value: "train" }] : [],
    }));
    await logInputs(ctx, { runId: id, datasets });
    const findings = some<FindingKind>(["nan", "plateau"]).map((kind) => ({ ...noFinding, kind }));
    await storeFindings(ctx, { id, experimentId, updatedAt: 1, endedAt: null }, { findings, dueAt: null }, 1);
    if (random() < 0.5) await updateRun(ctx, { runId: id, status: "FINISHED", endedAt: 1 + Math.floor(random() * 2) });
  }
  return experimentId;
}

function valuesOf(run: Run, kinds: ReadonlyMap<string, FindingKind[]>, { entity, key }: Subject): Value[] {
  const found = (list: { key: string; value: Value }[]) =>
    list.filter((one) => one.key === key).map((one) => one.value);
  if (entity === "metric") return found(run.metrics).map(Number);
  if (entity === "parameter") return found(run.params);
  if (entity === "tag") return found(run.tags);
  if (entity === "dataset") {
    return run.datasets.flatMap(({ name, digest, tags }) => {
      if (key !== "context") return [key === "name" ? name : digest];
      return tags.filter((tag) => tag.key === contextTag).map((tag) => tag.value);
    });
  }
  if (key === "health") return kinds.get(run.id) ?? [];
  const attributes: Record<string, Value | null> = {
    run_id: run.id,
    run_name: run.name,
    user_id: run.userName,
    status: run.status,
    artifact_uri: run.artifactUri,
    experiment_id: String(run.experimentId),
    lifecycle_stage: run.isDeleted ? "deleted" : "active",
    start_time: run.startedAt,
    end_time: run.endedAt,
  };
  const value = attributes[key];
  if (value === undefined) throw new Error(`The meaning of ${key} is not defined here.`);
  return value === null ? [] : [value];
}

async function kindsOf(ctx: Parameters<typeof createRun>[0], all: readonly Run[]): Promise<Map<string, FindingKind[]>> {
  const found = Map.groupBy(await listRunFindings(ctx, { runIds: all.map(({ id }) => id) }), ({ runId }) => runId);
  return new Map([...found].map(([runId, findings]) => [runId, findings.map(({ kind }) => kind)]));
}

test(
  "finds in SQL exactly the runs that a filter means, for filters of every form",
  inWorkspace(async (ctx) => {
    const random = seededRandom(7);
    const experimentId = await furnish(ctx, random);
    const all = (await searchRuns(ctx, { experimentIds: [experimentId], limit: 100 })).rows;
    expect(all).toHaveLength(40);
    const kinds = await kindsOf(ctx, all);
    let partial = 0;
    for (let round = 0; round < 1_500; round++) {
      const filter = makeFilter(random, runVocabulary, material);
      const parsed = parseFilter(filter, runVocabulary);
      if (!parsed) throw new Error("An empty filter was made.");
      const meant = all
        .filter((run) => isSatisfied(parsed, (subject) => valuesOf(run, kinds, subject)))
        .map(({ id }) => id);
      const { rows } = await searchRuns(ctx, { experimentIds: [experimentId], filter, limit: 100 });
      expect(
        rows.map(({ id }) => id),
        filter,
      ).toEqual(meant);
      if (meant.length > 0 && meant.length < all.length) partial++;
    }
    // Filters that everything or nothing satisfies would prove little.
    expect(partial).toBeGreaterThan(500);
  }),
);
