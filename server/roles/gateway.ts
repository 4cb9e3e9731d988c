import { join } from "node:path";
import { register } from "prom-client";
import { openDatabase } from "#db/client.ts";
import type { Config } from "../admin/settings/config.ts";
import { log } from "../base/log.ts";
import { openRedisRows } from "../develop/features/rows/redis/open-redis-rows.ts";
import { drain } from "../http/drain.ts";
import { feastPlugin } from "../http/feast/rest/plugin.ts";
import { eventsCheck, health, problemsCheck } from "../http/health.ts";
import { knownErrorResponse, refuse } from "../http/inference/errors.ts";
import { FastPath } from "../http/inference/fast-path/fast-path.ts";
import { inferencePlugin } from "../http/inference/plugin.ts";
import { metrics } from "../http/metrics.ts";
import { safetyHeaders } from "../http/response-headers.ts";
import { createServer } from "../http/server.ts";
import { metricsOfAll } from "../http/sibling-metrics.ts";
import { chosenWorkspace } from "../http/workspace-address.ts";
import { openStore } from "../platform/artifacts/open-store.ts";
import { listen } from "../platform/events/listen.ts";
import { RoleHeartbeat } from "../platform/heartbeats/role-heartbeat.ts";
import { FeatureCounts } from "../serve/feature-counts/feature-counts.ts";
import { OnlineFeatures } from "../serve/features/online-features.ts";
import { GatewayCore } from "../serve/router/gateway-core.ts";
import { TaskRunner } from "../serve/tasks/task-runner.ts";
import { openFeatureStates } from "../watch/monitoring/collect/open-feature-states.ts";
import { confineModels } from "./confine-models.ts";
import { PagingStandIn } from "./paging/stand-in.ts";
import type { RunningRole } from "./start/role.ts";

/** Starts the gateway role: inference, also while Postgres is unavailable. With GATEWAY_PROCESSES, one of several that share the port. */
export async function startGateway(config: Config, databaseUrl: string): Promise<RunningRole> {
  const database = openDatabase(databaseUrl, { max: 8, name: "leeway-gateway" });
  const { db, pool, close } = database;
  const events = listen(databaseUrl, "leeway-gateway");
  const artifacts = await openStore(config.artifacts);
  const { gatewayUrl } = config;
  const folder = join(config.dataDir, "gateway");
  const { tracing } = config;
  const featureCounts = new FeatureCounts({
    db,
    folder: join(folder, "feature-counts"),
    flushSeconds: config.flushSeconds,
  });
  // Connections of their own: statements that hang hold none of those that inference needs.
  const featureReads = openDatabase(databaseUrl, {
    max: 6,
    name: "leeway-gateway-features",
    statementTimeoutMs: 6_000,
  });
  // One that a game day does not take away, which keeps the others from Postgres.
  const faultReads = openDatabase(databaseUrl, {
    max: 1,
    name: "leeway-gateway-faults",
    timeoutMs: 2_000,
    statementTimeoutMs: 2_000,
  });
  const { featureCacheBytes: cacheBytes, heldFeatures: held } = config;
  const store = openRedisRows(config.featureStoreUrl);
  const features = new OnlineFeatures({
    db,
    reads: featureReads.db,
    store,
    feed: events,
    cacheBytes,
    held,
    counts: featureCounts,
  });
  const core = new GatewayCore({
    db,
    faultReads: faultReads.db,
    endProcess: () => process.kill(process.pid, "SIGKILL"),
    artifacts,
    feed: events,
    registry: register,
    folder,
    address: gatewayUrl,
    providers: config.executionProviders,
    workers: config.modelWorkers,
    threads: config.modelThreads,
    confinement: await confineModels(config, folder),
    modelMemoryBytes: config.modelMemoryBytes,
    pricing: { coreHour: config.prices.core, gpuHour: config.prices.gpu, machineKind: config.machineKind },
    flushSeconds: config.flushSeconds,
    openFeatureStates,
    lookUps: features,
    engineRules: config.engines,
    hasTritonMetrics: config.hasTritonMetrics,
    // Loaded only if tracing is configured.
    tracing: tracing && (await import("../serve/tracing/open-telemetry.ts")).openTracing(tracing),
  });
  for (const refused of [database, featureReads]) refused.refuseWhile(() => core.faults.isPostgresAway);
  const app = createServer(config, safetyHeaders);
  const drainGateway = drain(app);
  const isOneOfMany = config.gatewayProcesses > 1;
  metrics(app, config, "gateway", pool, isOneOfMany ? metricsOfAll(config.gatewayProcesses - 1) : undefined);
  // Inference continues without Postgres, and no other gateway is better off: what depends on it only degrades a gateway.
  const models = problemsCheck(() => [core.unreadyReason ?? []].flat());
  health(app, { models }, { loops: problemsCheck(() => core.problems), events: eventsCheck(events) });
  await inferencePlugin(app, { core, tasks: { artifacts, gatewayUrl, rules: config.webhooks } });
  await feastPlugin(app, {
    features,
    authenticate: (request, workspace = chosenWorkspace(request)) => {
      const { headers, ip } = request;
      // Nearly all callers are in memory.
      const known = core.tokens.knownContext(headers.authorization, ip, workspace);
      return known ?? core.tokens.contextOf(headers.authorization, ip, workspace);
    },
  });
  const fastPath = config.hasFastPath ? new FastPath(app, core, config.trustProxy !== false) : undefined;
  const runner = new TaskRunner({ core, db, artifacts, feed: events, gatewayUrl, explain: knownErrorResponse });
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, "Not found. Inference endpoints are below /v2, features below /feast."),
  );
  await core.start();
  await runner.start();
  // The kernel distributes new connections among the listening processes.
  const address = { port: config.gatewayPort, host: config.host, reusePort: isOneOfMany };
  await app.listen(address);
  const heartbeat = new RoleHeartbeat(db, "gateway");
  void heartbeat.start();
  const { instance } = heartbeat;
  const standIn = new PagingStandIn({ db, feed: events, outside: config.notifications, role: "gateway", instance });
  standIn.start();
  log.info("gateway.started", { port: config.gatewayPort, gatewayId: core.gatewayId });
  return {
    stop: async () => {
      await core.leave();
      fastPath?.leave();
      await drainGateway(config.drainNoticeSeconds);
      await core.drain();
      await app.close();
      await runner.stop(config.drainSeconds / 2);
      await core.stop();
      // After what looks features up: tasks, and copies of rollouts.
      await features.close();
      store?.close();
      await featureReads.close();
      await faultReads.close();
      await featureCounts.close();
      await standIn.stop();
      await heartbeat.stop();
      await events.close();
      await close();
    },
  };
}
