import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { responseWatcher } from "#server/respond/paging/response-watcher.ts";
import { registerSealGauge } from "../admin/audit-log/seal-gauge.ts";
import { sealWatcher } from "../admin/audit-log/seal-watcher.ts";
import type { Config } from "../admin/settings/config.ts";
import { deliveryWatcher } from "../admin/webhooks/delivery-watcher.ts";
import { log } from "../base/log.ts";
import { mirrorWatcher } from "../develop/features/rows/redis/mirror-watcher.ts";
import { openRedisRows } from "../develop/features/rows/redis/open-redis-rows.ts";
import { databaseCheck, eventsCheck, health, problemsCheck } from "../http/health.ts";
import { metrics } from "../http/metrics.ts";
import { createServer } from "../http/server.ts";
import { labelWatcher } from "../improve/labelling/label-watcher.ts";
import { retrainingWatcher } from "../improve/retraining/retraining-watcher.ts";
import { fetchPackage } from "../improve/training/packages/package-store.ts";
import { trainingWatcher } from "../improve/training/watch/training-watcher.ts";
import { openStore } from "../platform/artifacts/open-store.ts";
import { listen } from "../platform/events/listen.ts";
import { RoleHeartbeat } from "../platform/heartbeats/role-heartbeat.ts";
import { registerWatcherGauges } from "../platform/jobs/watcher-gauges.ts";
import { encryptReadable } from "../platform/secrets/encrypt-readable.ts";
import { rolloutWatcher } from "../release/rollouts/rollout-watcher.ts";
import { sourceWatcher } from "../release/rollouts/sources/source-watcher.ts";
import { notificationWatcher } from "../respond/delivery/notification-watcher.ts";
import { registerOutboxGauges } from "../respond/delivery/outbox-gauges.ts";
import { alertDispatcher } from "../respond/dispatch/alert-dispatcher.ts";
import { gameDayWatcher } from "../respond/drills/game-day-watcher.ts";
import { incidentWatcher } from "../respond/incidents/incident-watcher.ts";
import { escalationWatcher } from "../respond/oncall/escalation/escalation-watcher.ts";
import { notifyAfterChange } from "../respond/paging/notify-after-change.ts";
import { recoveryWatcher } from "../respond/recovery/recovery-watcher.ts";
import { ruleWatcher } from "../respond/rules/rule-watcher.ts";
import { startGuard } from "../respond/start-guard/start-guard.ts";
import { createModelRunner } from "../serve/runner/model-runner.ts";
import { registerBacklogGauges } from "../serve/tasks/backlog-gauges.ts";
import { keepDefaultPrices } from "../watch/cost/prices/default-prices.ts";
import { featureWatcher } from "../watch/features/feature-watcher.ts";
import { driftWatcher } from "../watch/monitoring/drift/drift-watcher.ts";
import { findingWatcher } from "../watch/monitoring/findings/finding-watcher.ts";
import { integrityWatcher } from "../watch/monitoring/integrity/integrity-watcher.ts";
import { typicalValues } from "../watch/monitoring/profiles/typical-values.ts";
import { consistencyWatcher } from "../watch/monitoring/quality/consistency/automatic/consistency-watcher.ts";
import { qualityWatcher } from "../watch/monitoring/quality/quality-watcher.ts";
import { sloWatcher } from "../watch/slo/slo-watcher.ts";
import { confineModels } from "./confine-models.ts";
import { handlers } from "./jobs/handlers.ts";
import { startJobRunner } from "./jobs/runner.ts";
import { startPausedWorker } from "./paused-worker.ts";
import type { RunningRole } from "./start/role.ts";
import { trainingPlace } from "./training-place.ts";
import { workerLoss } from "./worker-loss.ts";

/** On a busy machine, a late round is better than a failed one. */
const timeoutMs = 15_000;

/** The worker role: jobs, schedules and watchers, with health and metrics on a port of its own. Waits while the installation is paused. */
export async function startWorker(config: Config, databaseUrl: string): Promise<RunningRole> {
  const start = () => startActive(config, databaseUrl);
  return (await startPausedWorker(config, databaseUrl, start)) ?? (await start());
}

async function startActive(config: Config, databaseUrl: string): Promise<RunningRole> {
  const { db, pool, close } = openDatabase(databaseUrl, { max: 12, name: "leeway-worker", timeoutMs });
  await encryptReadable(db);
  await keepDefaultPrices(db, config.prices);
  const artifacts = await openStore(config.artifacts);
  const confinement = await confineModels(config, join(config.dataDir, "worker"));
  const models = createModelRunner({
    artifacts,
    folder: join(config.dataDir, "worker", "models"),
    providers: config.executionProviders,
    typicalValues,
    // One request at a time, beside what gateways serve on the same machine.
    limits: { workers: 1, threads: config.modelThreads, confinement },
    maxIdle: 0,
  });
  const runner = await startJobRunner({ databaseUrl, db, handlers, deps: { config, artifacts, models } });
  const events = listen(databaseUrl, "leeway-worker");
  // Started together, and stopped together.
  const store = openRedisRows(config.featureStoreUrl);
  const watchers = [
    mirrorWatcher(db, store),
    sealWatcher(db),
    deliveryWatcher({ db, feed: events, rules: config.webhooks }),
    notificationWatcher({ db, feed: events, outside: config.notifications }),
    rolloutWatcher({ db, feed: events }),
    sourceWatcher(db),
    alertDispatcher(db),
    escalationWatcher({ db, feed: events }),
    responseWatcher(db),
    ruleWatcher(db),
    sloWatcher(db, notifyAfterChange),
    incidentWatcher(db),
    recoveryWatcher(db),
    featureWatcher(db, notifyAfterChange),
    findingWatcher(db, notifyAfterChange),
    integrityWatcher(db, notifyAfterChange),
    driftWatcher(db, artifacts, notifyAfterChange),
    qualityWatcher(db, notifyAfterChange),
    consistencyWatcher(db, notifyAfterChange),
    labelWatcher({ db, feed: events, artifacts }),
    trainingWatcher({
      db,
      feed: events,
      url: config.publicUrl,
      place: await trainingPlace(config),
      fetchPackage: (job) => fetchPackage(job, artifacts),
    }),
    retrainingWatcher({ db, feed: events, artifacts, guard: startGuard }),
    gameDayWatcher({ db, feed: events }),
  ];
  const standingStill = () => watchers.filter((watcher) => watcher.isStandingStill).map(({ name }) => name);
  const heartbeat = new RoleHeartbeat(db, "worker", standingStill);
  await heartbeat.start();
  await Promise.all(watchers.map((watcher) => watcher.start()));
  const loss = workerLoss(db, heartbeat.instance);
  void loss.start();
  const app = createServer(config);
  metrics(app, config, "worker", pool);
  registerBacklogGauges(db);
  registerOutboxGauges(db);
  registerWatcherGauges(db, watchers);
  registerSealGauge(db);
  const checks = {
    database: databaseCheck(pool),
    queue: runner.check,
    artifacts: artifacts.check,
    watchers: problemsCheck(() => standingStill().map((name) => `${name} has stopped`)),
  };
  health(app, checks, { events: eventsCheck(events) });
  await app.listen({ port: config.workerPort, host: config.host });
  log.info("worker.started", { port: config.workerPort });
  return {
    stop: async () => {
      const { drainSeconds } = config;
      await loss.stop();
      await Promise.all([runner.stop(drainSeconds), ...watchers.map((watcher) => watcher.stop(drainSeconds))]);
      store?.close();
      await heartbeat.stop();
      await models.close();
      await app.close();
      await events.close();
      await close();
    },
  };
}
