import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Database, openDatabase } from "#db/client.ts";
import { memberships, modelVersions, registeredModels } from "#db/schema/index.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { openLocalStore } from "#server/artifacts/local-store.ts";
import { readConfig } from "#server/config.ts";
import { type Context, systemContext } from "#server/context.ts";
import { createTokenFor } from "#server/identity/tokens/create-token.ts";
import type { Signature } from "#server/registry/contract.ts";
import type { Pipeline } from "#server/registry/pipeline/definition.ts";
import { pipelineColumns } from "#server/registry/pipeline/digest.ts";
import { createEndpoint } from "#server/serving/create-endpoint.ts";
import { deployVersion } from "#server/serving/deploy-version.ts";
import type { ExecutionSettings } from "#server/serving/execution/contract.ts";
import { updateEndpoint } from "#server/serving/update-endpoint.ts";
import { prepareDatabase } from "#server/start/prepare-database.ts";

/** What is put behind an endpoint. */
export interface Served {
  name: string;
  model: Buffer;
  signature: Signature;
  pipeline?: Pipeline;
  execution?: Partial<ExecutionSettings>;
}

/** What gateways need to serve: a Postgres of its own with a workspace, and a folder of model files. */
export interface GatewayScene {
  /** Configuration of a gateway that serves this. */
  environment: { DATABASE_URL: string; ARTIFACT_DIR: string };
  /** Folder for what each gateway keeps. */
  folder: string;
  /** Authorization header of a caller. */
  headers: { authorization: string };
  /** Puts a model behind a new endpoint of its name. */
  deploy(served: Served): Promise<void>;
  close(): Promise<void>;
}

export async function openGatewayScene(): Promise<GatewayScene> {
  const postgres = await startTemporaryPostgres();
  const folder = await mkdtemp(join(tmpdir(), "leeway-load-"));
  const artifacts = join(folder, "artifacts");
  await prepareDatabase(readConfig({ ADMIN_PASSWORD: randomUUID() }), postgres.url);
  const database = openDatabase(postgres.url, { max: 2, name: "leeway-load" });
  const { ctx, token } = await callerIn(database.db);
  return {
    environment: { DATABASE_URL: postgres.url, ARTIFACT_DIR: artifacts },
    folder,
    headers: { authorization: `Bearer ${token}` },
    deploy: (served) => deploy(ctx, artifacts, served),
    close: async () => {
      await database.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The workspace of the first start, with a token of its admin. */
async function callerIn(db: Database): Promise<{ ctx: Context; token: string }> {
  const [admin] = await db.select().from(memberships).limit(1);
  if (!admin) throw new Error("There is no workspace.");
  const ctx = systemContext(db, admin.workspaceId, "load");
  const { secret } = await createTokenFor(ctx, admin.userId, { name: "load", scopes: ["infer"] });
  return { ctx, token: secret };
}

async function deploy(ctx: Context, artifacts: string, served: Served): Promise<void> {
  const { name, model, signature, pipeline, execution = {} } = served;
  const { workspaceId } = ctx.actor;
  const stamp = { createdAt: Date.now(), updatedAt: Date.now() };
  const artifactKey = `${workspaceId}/load/${name}.onnx`;
  await (await openLocalStore(artifacts)).put(artifactKey, Readable.from([model]));
  const [registered] = await ctx.db
    .insert(registeredModels)
    .values({ workspaceId, name, ...stamp })
    .returning();
  await ctx.db.insert(modelVersions).values({
    ...{ workspaceId, modelId: registered?.id as string, version: 1, source: "load", storageLocation: "load" },
    ...{ inspection: "servable" as const, artifactKey, sizeBytes: model.length, signature },
    sha256: createHash("sha256").update(model).digest("hex"),
    ...pipelineColumns(pipeline),
    ...stamp,
  });
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
  await updateEndpoint(ctx, { endpointId, execution });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
}
