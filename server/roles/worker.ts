import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import type { Config } from "../admin/settings/config.ts";
import { DeliveryRunner } from "../admin/webhooks/delivery-watcher.ts";
import { log } from "../base/log.ts";
import { databaseCheck, health } from "../http/health.ts";
import { metrics } from "../http/metrics.ts";
import { createServer } from "../http/server.ts";
import { openStore } from "../platform/artifacts/open-store.ts";
import { listen } from "../platform/events/listen.ts";
import { RolloutRunner } from "../release/rollouts/rollout-watcher.ts";
import { SourceRunner } from "../release/rollouts/sources/source-watcher.ts";
import { NotificationRunner } from "../respond/delivery/notification-watcher.ts";
import { registerOutboxGauges } from "../respond/delivery/outbox-gauges.ts";
import { AlertDispatcher } from "../respond/dispatch/alert-dispatcher.ts";
import { IncidentRunner } from "../respond/incidents/incident-watcher.ts";
import { EscalationRunner } from "../respond/oncall/escalation/escalation-watcher.ts";
import { notifyAfterChange } from "../respond/paging/notify-after-change.ts";
import { RuleRunner } from "../respond/rules/rule-watcher.ts";
import { createModelRunner } from "../serve/runner/model-runner.ts";
import { registerBacklogGauges } from "../serve/tasks/backlog-gauges.ts";
import { keepDefaultPrices } from "../watch/cost/prices/default-prices.ts";
import { DriftRunner } from "../watch/monitoring/drift/drift-watcher.ts";
import { FindingRunner } from "../watch/monitoring/findings/finding-watcher.ts";
import { IntegrityRunner } from "../watch/monitoring/integrity/integrity-watcher.ts";
import { ConsistencyRunner } from "../watch/monitoring/quality/consistency/automatic/consistency-watcher.ts";
import { QualityRunner } from "../watch/monitoring/quality/quality-watcher.ts";
import { SloRunner } from "../watch/slo/slo-watcher.ts";
import { handlers } from "./jobs/handlers.ts";
import { startJobRunner } from "./jobs/runner.ts";
import type { RunningRole } from "./start/role.ts";

/** On a machine that is busy, a look that comes late tells more than one that failed. */
const timeoutMs = 15_000;

/** The worker role: jobs, schedules, deliveries of webhooks and looks at rollouts, with health and metrics on a port of its own. */
export async function startWorker(config: Config, databaseUrl: string): Promise<RunningRole> {
  const { db, pool, close } = openDatabase(databaseUrl, { max: 12, name: "leeway-worker", timeoutMs });
  await keepDefaultPrices(db, config.prices);
  const artifacts = await openStore(config.artifacts);
  const models = createModelRunner({
    artifacts,
    folder: join(config.dataDir, "worker", "models"),
    providers: config.executionProviders,
    // One request at a time, beside what gateways serve on the same machine.
    limits: { workers: 1, threads: config.modelThreads },
    maxIdle: 0,
  });
  const runner = await startJobRunner({ databaseUrl, db, handlers, deps: { config, artifacts, models } });
  const events = listen(databaseUrl, "leeway-worker");
  const deliveries = new DeliveryRunner({ db, feed: events, rules: config.webhooks });
  const notifications = new NotificationRunner({ db, feed: events, outside: config.notifications });
  // Started together, and stopped together.
  const runners = [
    new RolloutRunner({ db, feed: events }),
    new SourceRunner(db),
    new AlertDispatcher(db),
    new EscalationRunner({ db, feed: events }),
    new RuleRunner(db),
    new SloRunner(db, notifyAfterChange),
    new IncidentRunner(db),
    new FindingRunner(db, notifyAfterChange),
    new IntegrityRunner(db, notifyAfterChange),
    new DriftRunner(db, artifacts, notifyAfterChange),
    new QualityRunner(db, notifyAfterChange),
    new ConsistencyRunner(db, notifyAfterChange),
  ];
  await Promise.all([deliveries.start(), notifications.start(), ...runners.map((one) => one.start())]);
  const app = createServer(config);
  metrics(app, config, "worker", pool);
  registerBacklogGauges(db);
  registerOutboxGauges(db);
  health(app, {
    database: databaseCheck(pool),
    queue: runner.check,
    artifacts: artifacts.check,
  });
  await app.listen({ port: config.workerPort, host: config.host });
  log.info("worker.started", { port: config.workerPort });
  return {
    stop: async () => {
      const { drainSeconds } = config;
      await Promise.all([
        runner.stop(drainSeconds),
        deliveries.stop(drainSeconds),
        notifications.stop(drainSeconds),
        ...runners.map((one) => one.stop()),
      ]);
      await models.close();
      await app.close();
      await events.close();
      await close();
    },
  };
}
