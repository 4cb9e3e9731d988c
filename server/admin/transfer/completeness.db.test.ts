import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import {
  evaluationDatasets,
  evaluationRecords,
  experiments,
  experimentTags,
  loggedModels,
  modelAliases,
  modelVersions,
  modelVersionTags,
  registeredModels,
  registeredModelTags,
  registryPolicies,
  runs,
  traceAssessments,
  traceSpans,
  traces,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { transitionStage } from "#server/develop/registry/versions/transition-stage.ts";
import { createEvaluationDataset } from "#server/develop/tracking/evaluations/create-evaluation-dataset.ts";
import { upsertEvaluationRecords } from "#server/develop/tracking/evaluations/upsert-evaluation-records.ts";
import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { storeTrace } from "#server/develop/tracking/traces/store-trace.ts";
import { sampleSpan } from "#server/testing/fixtures/tracking/traces/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { furnish, newStore } from "../../testing/fixtures/transfer/testing.ts";
import { openExport } from "./exports/queries.ts";
import { runExport } from "./exports/run-export.ts";
import { startExport } from "./exports/start-export.ts";
import { runImport } from "./imports/run-import.ts";
import { startFileImport } from "./imports/start-file-import.ts";

configureLog({ role: "test", level: "silent" });
const [source, target] = [await freshDatabase(), await freshDatabase()];

const own = "an id or reference, which is another one in the other installation";
const place = "the place of the files, which are stored again";
const time = "the time of the last change there, which is the import";
const found = "found again by the inspection of the imported files";
const trash = "what is in the trash is not exported";

/**
 * What becomes of each column in an import: true if it has the same values afterwards, otherwise why not. A column that is added fails the test
 * until someone decides about it.
 */
const fates: [PgTable, Record<string, true | string>][] = [
  [
    experiments,
    {
      workspaceId: own,
      id: own,
      name: true,
      artifactLocation: place,
      createdAt: time,
      updatedAt: time,
      deletedAt: trash,
    },
  ],
  [experimentTags, { workspaceId: own, experimentId: own, key: true, value: true }],
  [
    runs,
    {
      id: true,
      workspaceId: own,
      experimentId: own,
      parentRunId: true,
      name: true,
      userName: true,
      status: true,
      startedAt: true,
      endedAt: true,
      artifactUri: place,
      updatedAt: time,
      deletedAt: trash,
      needsPacking: "whether points are to be packed",
    },
  ],
  [
    loggedModels,
    {
      id: true,
      workspaceId: own,
      experimentId: own,
      name: true,
      modelType: true,
      sourceRunId: true,
      artifactUri: place,
      status: true,
      statusMessage: "written by nobody",
      createdAt: true,
      updatedAt: time,
      deletedAt: trash,
    },
  ],
  [
    registeredModels,
    {
      id: own,
      workspaceId: own,
      name: true,
      description: true,
      ownerName: "set where a member has the name",
      ownerId: own,
      lastVersion: true,
      createdAt: time,
      updatedAt: time,
    },
  ],
  [registeredModelTags, { workspaceId: own, modelId: own, key: true, value: true }],
  [
    modelVersions,
    {
      id: own,
      workspaceId: own,
      modelId: own,
      version: true,
      source: true,
      storageLocation: place,
      runId: true,
      runLink: true,
      loggedModelId: true,
      description: true,
      userName: true,
      stage: true,
      inspection: found,
      inspectionMessage: found,
      inspectedAt: found,
      artifactKey: found,
      sizeBytes: found,
      sha256: found,
      signature: found,
      graph: found,
      packages: found,
      pipeline: true,
      pipelineDigest: true,
      createdAt: true,
      updatedAt: time,
    },
  ],
  [modelVersionTags, { workspaceId: own, versionId: own, key: true, value: true }],
  [modelAliases, { workspaceId: own, modelId: own, alias: true, versionId: own }],
  [
    registryPolicies,
    {
      id: own,
      workspaceId: own,
      modelId: own,
      policy: true,
      reason: "that of the import",
      actorKind: own,
      actorId: own,
      actorName: own,
      personId: own,
      at: time,
    },
  ],
  [
    traces,
    {
      workspaceId: own,
      id: true,
      experimentId: own,
      startedAt: true,
      durationMs: true,
      state: true,
      requestPreview: true,
      responsePreview: true,
      clientRequestId: true,
      metadata: true,
      tags: "the same but for the place of the files",
    },
  ],
  [
    traceSpans,
    {
      workspaceId: own,
      traceId: true,
      id: true,
      parentId: true,
      name: true,
      type: true,
      status: true,
      startedAtNanoseconds: true,
      endedAtNanoseconds: true,
      attributes: true,
      content: true,
    },
  ],
  [
    traceAssessments,
    {
      workspaceId: own,
      traceId: true,
      id: true,
      kind: true,
      name: true,
      value: true,
      sourceType: true,
      sourceId: true,
      rationale: true,
      metadata: true,
      spanId: true,
      overrides: true,
      error: true,
      isValid: true,
      createdAt: true,
      updatedAt: true,
    },
  ],
  [
    evaluationDatasets,
    {
      workspaceId: own,
      id: true,
      name: true,
      digest: true,
      tags: true,
      experimentIds: own,
      createdBy: true,
      updatedBy: true,
      createdAt: true,
      updatedAt: true,
    },
  ],
  [
    evaluationRecords,
    {
      workspaceId: own,
      datasetId: true,
      id: true,
      inputHash: true,
      inputs: true,
      outputs: true,
      expectations: true,
      tags: true,
      source: true,
      createdBy: true,
      updatedBy: true,
      createdAt: true,
      updatedAt: true,
    },
  ],
];

/** Gives every carried column a value besides its default. */
async function furnishFully(ctx: Context, store: Awaited<ReturnType<typeof newStore>>): Promise<void> {
  const { experimentId, childId } = await furnish(ctx, store);
  const pipeline = {
    before: [
      { kind: "columns" as const, columns: [{ name: "age", datatype: "FP32" as const }], into: null, steps: [] },
    ],
  };
  const version = { name: "sorter", source: "s3://elsewhere", runId: childId, runLink: "https://runs/1", pipeline };
  await createModelVersion(ctx, version);
  await setVersionTag(ctx, { name: "sorter", version: 3, key: "gate", value: "passed" });
  await transitionStage(ctx, { name: "sorter", version: 3, stage: "Staging" });
  await setPolicy(ctx, { name: "sorter", policy: { protectedAliases: ["champion"] }, reason: "four eyes" });
  const dataset = await createEvaluationDataset(ctx, {
    name: "questions",
    tags: { a: "b" },
    experimentIds: [experimentId],
  });
  const one = {
    inputs: { q: 1 },
    outputs: { r: 2 },
    expectations: { e: 3 },
    tags: { t: "u" },
    source: { kind: "human" },
  };
  const records = [one, { ...one, inputs: { q: 2 } }];
  await upsertEvaluationRecords(ctx, { id: dataset.id, records });
  const spans = [sampleSpan(), sampleSpan({ id: "b", parentId: "000000000000000a", status: "ERROR" })];
  await storeSpans(ctx, experimentId, spans);
  await storeTrace(ctx, {
    id: "tr-1",
    experimentId,
    startedAt: 5,
    durationMs: 6,
    state: "ERROR",
    requestPreview: "question",
    responsePreview: "response",
    clientRequestId: "r-1",
    metadata: { user: "ana" },
    assessments: [
      { id: "a-1", kind: "feedback", name: "short", value: 1, isValid: false, createdAt: 1, updatedAt: 2 },
      {
        id: "a-2",
        kind: "expectation",
        name: "short",
        value: { x: [1] },
        sourceType: "HUMAN",
        sourceId: "ana",
        rationale: "because",
        metadata: { k: "v" },
        spanId: "b",
        overrides: "a-1",
        error: { error_code: "E" },
        createdAt: 3,
        updatedAt: 4,
      },
    ],
  });
}

test("decides about every column of what an export carries", () => {
  for (const [table, fate] of fates) {
    const columns = Object.keys(getTableColumns(table)).sort();
    expect([getTableName(table), Object.keys(fate).sort()]).toEqual([getTableName(table), columns]);
  }
});

test("imports every column that an export carries", async () => {
  const ctx = await newWorkspace(source.db);
  const store = await newStore();
  await furnishFully(ctx, store);
  const { id: exportId } = await startExport(ctx, {});
  await runExport(ctx, exportId, store);
  const file = await buffer((await openExport(ctx, exportId, store)).body);

  const ours = await newWorkspace(target.db);
  const ourStore = await newStore();
  const deps = { artifacts: ourStore, rules: { allowsPrivate: false }, maxBytes: 10_000_000 };
  const input = { kind: "leeway", fileName: "export.zip" } as const;
  const { id } = await startFileImport(ours, input, Readable.from([file]), deps);
  await runImport(ours, id, deps);

  for (const [table, fate] of fates) {
    const columns = Object.entries(getTableColumns(table)).filter(([name]) => fate[name] === true);
    for (const [name, column] of columns) {
      const value = sql`to_jsonb(${column})`;
      // An import adds tags that say where things came from.
      const isTheirs = "key" in fate ? sql`key not like 'leeway.source.%'` : sql`true`;
      const valuesOf = async (of: Context) => {
        const { rows } = await of.db.execute<{ value: unknown }>(sql`
          select ${value} as value from ${table} where workspace_id = ${of.actor.workspaceId} and ${isTheirs} order by 1`);
        return rows.map((row) => row.value);
      };
      const [there, here] = [await valuesOf(ctx), await valuesOf(ours)];
      const label = `${getTableName(table)}.${name}`;
      expect([label, here]).toEqual([label, there]);
      const hasValue = there.some((one) => one !== null && one !== "" && one !== 0);
      expect([label, hasValue]).toEqual([label, true]);
    }
  }
});
