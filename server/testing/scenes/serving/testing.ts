import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelVersions, registeredModels, servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { pipelineColumns } from "#server/develop/registry/pipeline/digest.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { mlpModel } from "#server/testing/scenes/registry/onnx/fixture-models.ts";

/** The signature of mlpModel([4, 16, 3]). */
export const mlpSignature: Signature = {
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", 4] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-tests",
  metadata: {},
};

/** A folder with model files, as far as serving needs an artifact store. */
export interface ModelFolder extends Pick<ArtifactStore, "localPath"> {
  path: string;
}

/** A folder for the model files of a test. Its caller removes it. */
export function newModelFolder(): ModelFolder {
  const path = mkdtempSync(join(tmpdir(), "leeway-models-"));
  return { path, localPath: async (key) => join(path, key) };
}

interface NewVersion {
  model?: string;
  version?: number;
  bytes?: Buffer;
  signature?: Signature;
  inspection?: "pending" | "servable" | "unservable";
  pipeline?: Pipeline;
}

/** A version as the registry leaves it once the file was opened. @param folder where its file is written, if anywhere. */
export async function newVersion(ctx: Context, wish: NewVersion = {}, folder?: ModelFolder) {
  const { model = "digits", version = 1, signature = mlpSignature, inspection = "servable" } = wish;
  const bytes = wish.bytes ?? mlpModel([4, 16, 3]);
  const { workspaceId } = ctx.actor;
  const stamp = { createdAt: Date.now(), updatedAt: Date.now() };
  const [row] = await ctx.db
    .insert(registeredModels)
    .values({ workspaceId, name: model, ...stamp })
    .onConflictDoUpdate({
      target: [registeredModels.workspaceId, registeredModels.name],
      set: { updatedAt: Date.now() },
    })
    .returning();
  const artifactKey = `${randomUUID()}.onnx`;
  if (folder) writeFileSync(join(folder.path, artifactKey), bytes);
  const [created] = await ctx.db
    .insert(modelVersions)
    .values({
      workspaceId,
      modelId: row?.id as string,
      version,
      source: "test",
      storageLocation: "test",
      inspection,
      inspectionMessage: inspection === "unservable" ? "it holds no tensors" : null,
      ...(inspection === "servable" && {
        artifactKey,
        sizeBytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        signature,
      }),
      ...(inspection === "unservable" && { signature: wish.signature }),
      ...pipelineColumns(wish.pipeline),
      ...stamp,
    })
    .returning();
  if (!created) throw new Error("The version was not created.");
  return { ...created, modelName: model };
}

interface NewWindow
  extends Partial<
    Pick<typeof servingWindows.$inferInsert, "arm" | "cacheHits" | "coalesced" | "cascade" | "indicators">
  > {
  endpointId: string;
  versionId: string;
  windowStart: Date;
  latenciesMs?: number[];
  failures?: Record<string, number>;
  gatewayId?: string;
}

/** Ten seconds of traffic, as a gateway tells them. */
export async function addWindow(
  ctx: Context,
  { latenciesMs = [], failures = {}, gatewayId = "g1", ...rest }: NewWindow,
) {
  const latencyBuckets: Histogram = {};
  for (const latencyMs of latenciesMs) addTo(latencyBuckets, latencyMs);
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  await ctx.db.insert(servingWindows).values({
    workspaceId: ctx.actor.workspaceId,
    arm: "stable",
    requests: latenciesMs.length + failed,
    rows: latenciesMs.length,
    latencySumMs: 0,
    queueSumMs: latenciesMs.length * 2,
    computeSumMs: latenciesMs.length * 5,
    latencyBuckets,
    failures,
    gatewayId,
    ...rest,
  });
}
