import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Database, openDatabase } from "#db/client.ts";
import { freePort } from "#db/free-port.ts";
import { memberships, modelVersions, registeredModels } from "#db/schema/index.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { openLocalStore } from "#server/artifacts/local-store.ts";
import { type Context, systemContext } from "#server/context.ts";
import { createTokenFor } from "#server/identity/tokens/create-token.ts";
import type { Signature } from "#server/registry/contract.ts";
import { createEndpoint } from "#server/serving/create-endpoint.ts";
import { deployVersion } from "#server/serving/deploy-version.ts";
import type { ExecutionSettings } from "#server/serving/execution/contract.ts";
import { updateEndpoint } from "#server/serving/update-endpoint.ts";
import { waitFor } from "../suite/stack.ts";

export interface RunningGateway {
  url: string;
  pid: number;
  /** Authorization header of a caller. */
  headers: Record<string, string>;
  /** Puts a model behind a new endpoint and waits until it answers. */
  serve(name: string, model: Buffer, signature: Signature, execution?: Partial<ExecutionSettings>): Promise<void>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a real gateway process on a Postgres of its own. */
export async function startGatewayProcess(environment: Record<string, string> = {}): Promise<RunningGateway> {
  const postgres = await startTemporaryPostgres();
  const folder = await mkdtemp(join(tmpdir(), "leeway-load-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["server/main.ts", "gateway"], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      DATABASE_URL: postgres.url,
      DATA_DIR: folder,
      GATEWAY_PORT: String(port),
      ADMIN_PASSWORD: randomUUID(),
      LOG_LEVEL: "warn",
      ...environment,
    },
  });
  await waitFor(() => isOk(`${url}/health/live`), 60_000);
  const database = openDatabase(postgres.url, { max: 2, name: "leeway-load" });
  const scene = await setScene(database.db);
  const headers = { authorization: `Bearer ${scene.token}` };
  return {
    url,
    pid: child.pid as number,
    headers,
    serve: async (name, model, signature, execution = {}) => {
      await deploy(scene.ctx, join(folder, "artifacts"), { name, model, signature, execution });
      await waitFor(() => isOk(`${url}/v2/models/${name}/ready`, headers), 60_000);
    },
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop: async () => {
      await stopped(child);
      await database.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The workspace of the first start, with a token of its admin. */
async function setScene(db: Database): Promise<{ ctx: Context; token: string }> {
  const [admin] = await db.select().from(memberships).limit(1);
  if (!admin) throw new Error("The gateway has not made a workspace.");
  const ctx = systemContext(db, admin.workspaceId, "load");
  const { secret } = await createTokenFor(ctx, admin.userId, { name: "load", scopes: ["infer"] });
  return { ctx, token: secret };
}

interface Deployed {
  name: string;
  model: Buffer;
  signature: Signature;
  execution: Partial<ExecutionSettings>;
}

async function deploy(
  ctx: Context,
  artifactFolder: string,
  { name, model, signature, execution }: Deployed,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const stamp = { createdAt: Date.now(), updatedAt: Date.now() };
  const artifactKey = `${workspaceId}/load/${name}.onnx`;
  await (await openLocalStore(artifactFolder)).put(artifactKey, Readable.from([model]));
  const [registered] = await ctx.db
    .insert(registeredModels)
    .values({ workspaceId, name, ...stamp })
    .returning();
  await ctx.db.insert(modelVersions).values({
    ...{ workspaceId, modelId: registered?.id as string, version: 1, source: "load", storageLocation: "load" },
    ...{ inspection: "servable" as const, artifactKey, sizeBytes: model.length, signature },
    sha256: createHash("sha256").update(model).digest("hex"),
    ...stamp,
  });
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
  await updateEndpoint(ctx, { endpointId, execution });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
}

async function isOk(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  return fetch(url, { headers }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Asks a child process to end and waits until it has. */
export async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once("exit", done));
  if (child.exitCode === null && child.kill("SIGTERM")) await gone;
}
