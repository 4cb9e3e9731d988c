import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { type Database, openDatabase } from "#db/client.ts";
import { memberships, modelVersions, registeredModels } from "#db/schema/index.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { pipelineColumns } from "#server/develop/registry/pipeline/digest.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import type { Scope } from "#server/platform/permissions/permissions/permission.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { prepareDatabase } from "#server/roles/start/prepare-database.ts";
import type { SetCache } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { newRollout } from "#server/testing/fixtures/serving/rollout/testing.ts";

/** A version of a model. */
interface ServedFile {
  /** Name of its model and endpoint. */
  name: string;
  model: Buffer;
  signature: Signature;
  pipeline?: Pipeline;
}

/** Version to deploy to an endpoint. */
export interface Served extends ServedFile {
  execution?: Partial<ExecutionSettings>;
  /** Share of its requests that is stored in the prediction log; none by default. */
  captureShare?: number;
  cache?: SetCache["cache"];
}

/** Everything gateways need for serving: a separate Postgres with a workspace, and a folder of model files. */
export interface GatewayFixture {
  /** Configuration of a gateway that serves this. */
  environment: { DATABASE_URL: string; ARTIFACT_DIR: string; SECRETS_KEY: string };
  /** Folder for the data of each gateway. */
  folder: string;
  /** Authorization header of a caller. */
  headers: { authorization: string };
  /** Context of its workspace, with Leeway itself as the actor. */
  ctx: Context;
  /** Registers another version, whose number must be free, of the model that is deployed under that name. */
  register(file: ServedFile, version: number): Promise<void>;
  /** Deploys a model to a new endpoint of its name. */
  deploy(served: Served): Promise<void>;
  /** Deploys another version, whose number must be free, to the endpoint of its name. */
  redeploy(file: ServedFile, version: number): Promise<void>;
  /** Rolls version 2 out to the endpoint of its name, as in a step that lasts. */
  rollOut(file: ServedFile, step: { weight: number; shadowShare: number }): Promise<void>;
  close(): Promise<void>;
}

export async function openGatewayFixture(): Promise<GatewayFixture> {
  const postgres = await startTemporaryPostgres();
  const folder = await mkdtemp(join(tmpdir(), "leeway-load-"));
  const artifacts = join(folder, "artifacts");
  const key = randomBytes(32).toString("base64");
  const settings = { ADMIN_PASSWORD: randomUUID(), DATA_DIR: join(folder, "first"), SECRETS_KEY: key };
  await prepareDatabase(readConfig(settings), postgres.url);
  const database = openDatabase(postgres.url, { max: 2, name: "leeway-load" });
  const { ctx, token } = await callerIn(database.db);
  return {
    environment: { DATABASE_URL: postgres.url, ARTIFACT_DIR: artifacts, SECRETS_KEY: key },
    folder,
    headers: { authorization: `Bearer ${token}` },
    ctx,
    register: async (file, version) => void (await register(ctx, artifacts, file, version)),
    deploy: (served) => deploy(ctx, artifacts, served),
    redeploy: (file, version) => redeploy(ctx, artifacts, file, version),
    rollOut: (file, step) => rollOut(ctx, artifacts, file, step),
    close: async () => {
      await database.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the workspace of the first start, with a token of its admin. */
async function callerIn(db: Database): Promise<{ ctx: Context; token: string }> {
  const [admin] = await db.select().from(memberships).limit(1);
  if (!admin) throw new Error("There is no workspace.");
  const ctx = systemContext(db, admin.workspaceId, "load");
  const scopes: Scope[] = ["infer", "features:read", "features:write"];
  const { secret } = await createTokenFor(ctx, admin.userId, { name: "load", scopes });
  return { ctx, token: secret };
}

/** Deploys a model to a new endpoint of its name. @param artifacts folder of model files */
export async function deploy(ctx: Context, artifacts: string, served: Served): Promise<void> {
  const { name, execution = {}, captureShare = 0, cache } = served;
  const stamp = { createdAt: Date.now(), updatedAt: Date.now() };
  await ctx.db.insert(registeredModels).values({ workspaceId: ctx.actor.workspaceId, name, ...stamp });
  await register(ctx, artifacts, served, 1);
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare });
  await updateEndpoint(ctx, { endpointId, execution });
  if (cache) await setCache(ctx, { endpointId, cache });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
}

async function redeploy(ctx: Context, artifacts: string, file: ServedFile, version: number): Promise<void> {
  await register(ctx, artifacts, file, version);
  const { id: endpointId } = await findEndpoint(ctx, file.name);
  await deployVersion(ctx, { endpointId, model: file.name, version });
}

async function rollOut(
  ctx: Context,
  artifacts: string,
  file: ServedFile,
  { weight, shadowShare }: { weight: number; shadowShare: number },
): Promise<void> {
  const canaryVersionId = await register(ctx, artifacts, file, 2);
  const { id: endpointId } = await findEndpoint(ctx, file.name);
  const guardrails = (["errors", "slow", "invalid-outputs", "output-shift", "cost"] as const).map((metric) => ({
    metric,
  }));
  const plan = { steps: [{ weight, shadowShare }], guardrails };
  const frozen = { slowMs: 100, outcomeAgeMs: 1000 };
  await newRollout(ctx, { endpointId, canaryVersionId, weight, plan, frozen });
  await publish(ctx, "routes", endpointId);
}

async function register(ctx: Context, artifacts: string, file: ServedFile, version: number): Promise<string> {
  const { name, model, signature, pipeline } = file;
  const { workspaceId } = ctx.actor;
  const artifactKey = `${workspaceId}/load/${name}-${version}.onnx`;
  await (await openLocalStore(artifacts)).put(artifactKey, Readable.from([model]));
  const [registered] = await ctx.db
    .select({ id: registeredModels.id })
    .from(registeredModels)
    .where(and(eq(registeredModels.workspaceId, workspaceId), eq(registeredModels.name, name)));
  if (!registered) throw new Error(`There is no model "${name}".`);
  const [row] = await ctx.db
    .insert(modelVersions)
    .values({
      workspaceId,
      modelId: registered.id,
      version,
      source: "load",
      storageLocation: "load",
      inspection: "servable" as const,
      artifactKey,
      sizeBytes: model.length,
      signature,
      sha256: createHash("sha256").update(model).digest("hex"),
      ...pipelineColumns(pipeline),
      createdAt: Date.now(),
      updatedAt: Date.now(),
    })
    .returning();
  if (!row) throw new Error("The version was not created.");
  return row.id;
}
