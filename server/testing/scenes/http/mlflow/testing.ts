import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { onTestFinished } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { createServer, type WebDependencies } from "#server/http/server.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { AdmissionLimits } from "../../../../http/mlflow/admission.ts";
import { mlflowPlugin } from "../../../../http/mlflow/plugin.ts";

/** The interface as the web role has it, for one caller, with an experiment 0 and an empty folder of artifacts. */
export async function mlflowServer(
  ctx: Context,
  more: Partial<WebDependencies> = {},
  limits?: AdmissionLimits,
): Promise<FastifyInstance> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-mlflow-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await createDefaultExperiment(ctx);
  const config = readConfig({ DATA_DIR: folder });
  const app = createServer(config);
  const deps = {
    config,
    db: ctx.db,
    pool: { waitingCount: 0 } as Pool,
    artifacts: await openLocalStore(folder),
    authenticate: async () => ctx,
    ...more,
  } as WebDependencies;
  await app.register((scope) => mlflowPlugin(scope, deps, limits));
  return app;
}
