import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#db/client.ts";
import type { Config } from "../admin/settings/config.ts";
import { Documents } from "../base/documents/documents.ts";
import { log } from "../base/log.ts";
import { getKeyRows, type ReadKeyRows } from "../develop/features/keys/get-key-rows.ts";
import { openRedisRows } from "../develop/features/rows/redis/open-redis-rows.ts";
import { trainingSetChecks } from "../develop/features/training-sets/training-set-checks.ts";
import { trainingSetPreviews } from "../develop/features/training-sets/training-set-previews.ts";
import { describeModel } from "../develop/registry/onnx/describe-model.ts";
import { alertmanagerPlugin } from "../http/alertmanager/plugin.ts";
import { authenticateRequest } from "../http/auth.ts";
import { drain } from "../http/drain.ts";
import { startFeastServer } from "../http/feast/feast-server.ts";
import { historicalReads } from "../http/feast/flight/historical-reads.ts";
import { feastPlugin } from "../http/feast/rest/plugin.ts";
import { databaseCheck, eventsCheck, health, problemsCheck } from "../http/health.ts";
import { labelStudioPlugin } from "../http/label-studio/plugin.ts";
import { metrics } from "../http/metrics.ts";
import { mlflowPlugin } from "../http/mlflow/plugin.ts";
import { pages } from "../http/pages.ts";
import { restReference } from "../http/reference.ts";
import { createServer, type WebDependencies } from "../http/server.ts";
import { v1Plugin } from "../http/v1/plugin.ts";
import { installTemplate } from "../improve/training/templates/ready/install-template.ts";
import { openStore } from "../platform/artifacts/open-store.ts";
import { listen } from "../platform/events/listen.ts";
import { RoleHeartbeat } from "../platform/heartbeats/role-heartbeat.ts";
import { sessionSecret } from "../platform/identity/session-secret.ts";
import { createBundler } from "../release/bundles/bundler.ts";
import { FeatureCounts } from "../serve/feature-counts/feature-counts.ts";
import { OnlineFeatures } from "../serve/features/online-features.ts";
import { createPlayground } from "../serve/playground/playground.ts";
import { readLabelledPredictions } from "../serve/predictions/labelled-predictions.ts";
import { createModelRunner } from "../serve/runner/model-runner.ts";
import { keepDefaultPrices } from "../watch/cost/prices/default-prices.ts";
import { typicalValues } from "../watch/monitoring/profiles/typical-values.ts";
import { confineModels } from "./confine-models.ts";
import { PagingStandIn } from "./paging/stand-in.ts";
import { setRuntime } from "./runtime.ts";
import type { RunningRole } from "./start/role.ts";

/** A board sends dozens of requests at once. On a busy machine it loads late, which is better than a failed page. */
const timeoutMs = 15_000;

/** Starts the web role: the MLflow and REST APIs, events, and the console, on one port. */
export async function startWeb(config: Config, databaseUrl: string): Promise<RunningRole> {
  const { db, pool, close } = openDatabase(databaseUrl, { max: 20, name: "leeway-web", timeoutMs });
  const secret = await sessionSecret(db, config.authSecret);
  await keepDefaultPrices(db, config.prices);
  const artifacts = await openStore(config.artifacts);
  const events = listen(databaseUrl, "leeway-web");
  const confinement = await confineModels(config, join(config.dataDir, "web"));
  const models = createModelRunner({
    artifacts,
    folder: join(config.dataDir, "web", "models"),
    providers: config.executionProviders,
    typicalValues,
    // A single user waits for a single prediction, so one run gets all threads.
    limits: { workers: 1, threads: config.modelWorkers * config.modelThreads, confinement },
  });
  const playground = createPlayground({ models, artifacts });
  const bundles = createBundler({ models, artifacts });
  const documents = new Documents(fileURLToPath(new URL("../../docs", import.meta.url)));
  const history = { artifacts, scratch: join(config.dataDir, "web", "features") };
  const readKeyRows: ReadKeyRows = (ctx, input) => getKeyRows(ctx, input, history);
  const previewPlace = { ...history, predictions: readLabelledPredictions };
  const checkTrainingSet = trainingSetChecks(previewPlace);
  const previewTrainingSet = trainingSetPreviews(previewPlace, checkTrainingSet);
  setRuntime({
    config,
    db,
    artifacts,
    describeModel,
    models,
    playground,
    bundles,
    readKeyRows,
    previewTrainingSet,
    checkTrainingSet,
    installTemplate: (ctx, input) => installTemplate(ctx, input, { artifacts, maxBytes: config.maxUploadBytes }),
    documents,
    sessionSecret: secret,
  });
  const featureCounts = new FeatureCounts({
    db,
    folder: join(config.dataDir, "web", "feature-counts"),
    flushSeconds: config.flushSeconds,
  });
  const deps: WebDependencies = {
    config,
    db,
    pool,
    artifacts,
    bundles,
    events,
    models,
    playground,
    documents,
    readKeyRows,
    featureCounts,
    previewTrainingSet,
    checkTrainingSet,
    authenticate: (request) => authenticateRequest(request, { db, config, sessionSecret: secret }),
  };
  const app = createServer(config);
  const drainWeb = drain(app);
  metrics(app, config, "web", pool);
  await app.register((scope) => mlflowPlugin(scope, deps));
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  await app.register((scope) => alertmanagerPlugin(scope, deps));
  await labelStudioPlugin(app, deps);
  const store = openRedisRows(config.featureStoreUrl);
  const features = new OnlineFeatures({ db, store, feed: events, cacheBytes: 0, counts: featureCounts });
  await feastPlugin(app, {
    features,
    authenticate: (request, workspace) =>
      authenticateRequest(request, { db, config, sessionSecret: secret }, workspace),
  });
  await app.register(restReference);
  const areReady = await pages(app, config);
  let isStopping = false;
  const checks = {
    database: databaseCheck(pool),
    artifacts: artifacts.check,
    pages: areReady,
    drain: problemsCheck(() => (isStopping ? ["The web role is shutting down."] : [])),
  };
  health(app, checks, { events: eventsCheck(events) });
  const reads = historicalReads({ ...history, network: config.webhooks });
  const feast = await startFeastServer({ db, config, reads });
  await app.listen({ port: config.port, host: config.host });
  await areReady();
  const heartbeat = new RoleHeartbeat(db, "web");
  void heartbeat.start();
  const { instance } = heartbeat;
  const standIn = new PagingStandIn({ db, feed: events, outside: config.notifications, role: "web", instance });
  standIn.start();
  log.info("web.started", { port: config.port });
  return {
    stop: async () => {
      isStopping = true;
      await drainWeb(config.drainNoticeSeconds);
      await Promise.all([app.close(), feast.close(config.drainSeconds * 1000)]);
      await features.close();
      store?.close();
      await featureCounts.close();
      await playground.close();
      await models.close();
      await standIn.stop();
      await heartbeat.stop();
      await events.close();
      await close();
    },
  };
}
