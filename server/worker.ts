import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { AlertDispatcher } from "./alerts/alert-dispatcher.ts";
import { RuleRunner } from "./alerts/rules/rule-runner.ts";
import { openStore } from "./artifacts/open-store.ts";
import type { Config } from "./config.ts";
import { keepDefaultPrices } from "./cost/prices/default-prices.ts";
import { listen } from "./events/listen.ts";
import { databaseCheck, health } from "./http/health.ts";
import { metrics } from "./http/metrics.ts";
import { createServer } from "./http/server.ts";
import { IncidentRunner } from "./incidents/incident-runner.ts";
import { handlers } from "./jobs/handlers.ts";
import { startJobRunner } from "./jobs/runner.ts";
import { log } from "./log.ts";
import { DriftRunner } from "./monitoring/drift/drift-runner.ts";
import { FindingRunner } from "./monitoring/findings/finding-runner.ts";
import { IntegrityRunner } from "./monitoring/integrity/integrity-runner.ts";
import { ConsistencyRunner } from "./monitoring/quality/consistency/automatic/consistency-runner.ts";
import { QualityRunner } from "./monitoring/quality/quality-runner.ts";
import { NotificationRunner } from "./notifications/notification-runner.ts";
import { registerOutboxGauges } from "./notifications/outbox-gauges.ts";
import { EscalationRunner } from "./oncall/escalation/escalation-runner.ts";
import { RolloutRunner } from "./rollouts/rollout-runner.ts";
import { SourceRunner } from "./rollouts/sources/source-runner.ts";
import { createModelRunner } from "./serving/model-runner.ts";
import { registerBacklogGauges } from "./serving/tasks/backlog-gauges.ts";
import { SloRunner } from "./slo/slo-runner.ts";
import type { RunningRole } from "./start/role.ts";
import { DeliveryRunner } from "./webhooks/delivery-runner.ts";

/** On a machine that is busy, a look that comes late tells more than one that failed. */
const patienceMs = 15_000;

/** The worker role: jobs, schedules, deliveries of webhooks and looks at rollouts, with health and metrics on a port of its own. */
export async function startWorker(config: Config, databaseUrl: string): Promise<RunningRole> {
  const { db, pool, close } = openDatabase(databaseUrl, { max: 12, name: "leeway-worker", patienceMs });
  await keepDefaultPrices(db, config.prices);
  const artifacts = await openStore(config.artifacts);
  const models = createModelRunner({
    artifacts,
    folder: join(config.dataDir, "worker", "models"),
    providers: config.executionProviders,
    // One request at a time, beside what gateways serve on the same machine.
    limits: { workers: 1, threads: config.modelThreads },
    mostIdle: 0,
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
    new SloRunner(db),
    new IncidentRunner(db),
    new FindingRunner(db),
    new IntegrityRunner(db),
    new DriftRunner(db, artifacts),
    new QualityRunner(db),
    new ConsistencyRunner(db),
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
