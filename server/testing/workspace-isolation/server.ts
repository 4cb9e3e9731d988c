import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { Database } from "#db/client.ts";
import { type Config, readConfig } from "#server/admin/settings/config.ts";
import { DomainError } from "#server/base/errors.ts";
import { getKeyRows } from "#server/develop/features/keys/get-key-rows.ts";
import { trainingSetChecks } from "#server/develop/features/training-sets/training-set-checks.ts";
import { trainingSetPreviews } from "#server/develop/features/training-sets/training-set-previews.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { createBundler } from "#server/release/bundles/bundler.ts";
import { createPlayground } from "#server/serve/playground/playground.ts";
import { readLabelledPredictions } from "#server/serve/predictions/labelled-predictions.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { authenticateRequest } from "../../http/auth.ts";
import { inferencePlugin } from "../../http/inference/plugin.ts";
import { labelStudioPlugin } from "../../http/label-studio/plugin.ts";
import { mlflowPlugin } from "../../http/mlflow/plugin.ts";
import { createServer, type WebDependencies } from "../../http/server.ts";
import { v1Plugin } from "../../http/v1/plugin.ts";

/** All interfaces of both roles in one server, with the routes that it has. */
export interface FullServer {
  app: FastifyInstance;
  /** "GET /api/v1/runs/:run", as they were registered. */
  routes: Set<string>;
}

/**
 * Opens the REST API, the APIs of MLflow and Label Studio, and inference as the roles register them, with callers identified by their real tokens.
 * @param current connection of the next request, such as a transaction that is rolled back.
 */
export async function fullServer(
  db: Database,
  artifacts: ArtifactStore,
  core: GatewayCore,
  current: () => Database,
): Promise<FullServer> {
  const config: Config = readConfig({ WEBHOOK_PRIVATE_ADDRESSES: "true", IMPORT_PRIVATE_ADDRESSES: "true" });
  const app = createServer(config);
  const routes = new Set<string>();
  app.addHook("onRoute", ({ method, url }) => {
    const methods = [method].flat();
    // Routes with many methods only reject requests: 405 for unsupported methods of a path, and 404 below unknown paths.
    if (methods.length <= 2) for (const one of methods.filter((name) => name !== "HEAD")) routes.add(`${one} ${url}`);
  });
  const folder = await mkdtemp(join(tmpdir(), "leeway-web-"));
  const previewPlace = { artifacts, scratch: join(folder, "features"), predictions: readLabelledPredictions };
  const models = createModelRunner({ artifacts, folder, providers: ["cpu"], limits: { workers: 1, threads: 1 } });
  const playground = createPlayground({ models, artifacts });
  app.addHook("onClose", async () => {
    await playground.close();
    await models.close();
    await rm(folder, { recursive: true });
  });
  const checkTrainingSet = trainingSetChecks(previewPlace);
  const deps: WebDependencies = {
    config,
    db,
    pool: { waitingCount: 0 } as Pool,
    artifacts,
    bundles: createBundler({ artifacts, models }),
    events: {} as EventFeed,
    models,
    playground,
    readKeyRows: (ctx, input) => getKeyRows(ctx, input, { artifacts, scratch: join(folder, "features") }),
    previewTrainingSet: trainingSetPreviews(previewPlace, checkTrainingSet),
    checkTrainingSet,
    authenticate: async (request) => ({
      ...(await authenticateRequest(request, { db, config, sessionSecret: "secret" })),
      db: current(),
    }),
  };
  await app.register((scope) => mlflowPlugin(scope, deps));
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  await labelStudioPlugin(app, deps);
  const tasks = { artifacts, gatewayUrl: config.gatewayUrl, rules: config.webhooks };
  await inferencePlugin(app, { core, tasks });
  return { app, routes };
}

/** Wraps a file store as a bucket: with transfers that bypass Leeway, none of which has started. */
export function withTransfers(store: ArtifactStore): ArtifactStore {
  const unknown = async () => {
    throw new DomainError("not-found", "Upload not found.");
  };
  const parts = {
    startUpload: async (key: string) => ({ uploadId: "an upload", urls: [`http://bucket.test/${key}`] }),
    complete: unknown,
    abort: unknown,
    abortOlder: async () => {},
    downloadUrl: async (key: string) => ({ url: `http://bucket.test/${key}`, ...(await store.stat(key)) }),
  };
  return { ...store, parts };
}
