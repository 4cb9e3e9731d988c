import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, gt, isNotNull, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import {
  alertGroups,
  alertRules,
  alerts,
  artifactReleases,
  digestSubscriptions,
  gameDays,
  incidents,
  inferenceTasks,
  labelRuns,
  modelVersions,
  monitoringFindings,
  monitoringMarks,
  notifications,
  predictionLabels,
  reports,
  retrainingCycles,
  retrainingPolicies,
  rollouts,
  servingHours,
  setAsideItems,
  sloStates,
  trainingLaunches,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { labelWatcher } from "#server/improve/labelling/label-watcher.ts";
import { RetrainingPlan, RetrainingPolicy } from "#server/improve/retraining/contract.ts";
import { startCycle } from "#server/improve/retraining/cycle/start-cycle.ts";
import { retrainingWatcher } from "#server/improve/retraining/retraining-watcher.ts";
import { createEngine } from "#server/improve/training/engines/create-engine.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { trainingWatcher } from "#server/improve/training/watch/training-watcher.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { JobItems } from "#server/platform/jobs/job-items.ts";
import type { JobKind } from "#server/platform/jobs/kinds.ts";
import { schedule } from "#server/platform/jobs/schedule.ts";
import type { Watcher } from "#server/platform/jobs/watcher.ts";
import { type WatcherName, watcherPurposes } from "#server/platform/jobs/watcher-names.ts";
import { rolloutWatcher } from "#server/release/rollouts/rollout-watcher.ts";
import { setDigest } from "#server/report/reports/digest/set-digest.ts";
import { notificationWatcher } from "#server/respond/delivery/notification-watcher.ts";
import { alertDispatcher } from "#server/respond/dispatch/alert-dispatcher.ts";
import { gameDayWatcher } from "#server/respond/drills/game-day-watcher.ts";
import { incidentWatcher } from "#server/respond/incidents/incident-watcher.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { responseWatcher } from "#server/respond/paging/response-watcher.ts";
import { recoveryWatcher } from "#server/respond/recovery/recovery-watcher.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { ruleWatcher } from "#server/respond/rules/rule-watcher.ts";
import { startGuard } from "#server/respond/start-guard/start-guard.ts";
import { newServed } from "#server/testing/fixtures/alerts/rules/testing.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newMessage, newOutside, newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { newRollout, quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { findingWatcher } from "#server/watch/monitoring/findings/finding-watcher.ts";
import { integrityWatcher } from "#server/watch/monitoring/integrity/integrity-watcher.ts";
import { sloWatcher } from "#server/watch/slo/slo-watcher.ts";
import { handlers, type JobDependencies } from "./handlers.ts";

configureLog({ role: "test", level: "silent" });
const folder = await mkdtemp(join(tmpdir(), "leeway-poison-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(folder);
const trainingPlace = {
  url: "http://127.0.0.1:1",
  place: {
    dataFolder: folder,
    machine: "here",
    wrapper: "",
    allowsLocal: true,
    localPackages: null,
    unpack: async () => {},
  },
  fetchPackage: async () => null,
};
const feed = { subscribe: () => () => {} };
const now = Date.now();

/** Work that is due in a workspace, and how to see that it was done there. */
interface Due {
  seed(ctx: Context): Promise<unknown>;
  isDone(ctx: Context): Promise<boolean>;
}

async function has(ctx: Context, table: PgTable, where?: SQL): Promise<boolean> {
  return (await ctx.db.$count(table, and(sql`workspace_id = ${ctx.actor.workspaceId}`, where))) > 0;
}

async function addTask(ctx: Context, values: Partial<typeof inferenceTasks.$inferInsert>): Promise<void> {
  const { endpointId } = await newServed(ctx);
  const submitted = { submittedById: "x", submittedBy: "x", inputBytes: 0, submittedAt: new Date(now - 30 * dayMs) };
  const row = { id: randomUUID(), workspaceId: ctx.actor.workspaceId, endpointId, expiresAt: new Date(now - minuteMs) };
  await ctx.db.insert(inferenceTasks).values({ ...row, ...submitted, ...values });
}

/** Yesterday in UTC, whose digest is due on any day. */
const yesterday = ((new Date(now - dayMs).getUTCDay() + 6) % 7) + 1;

const dueJobs = {
  "send-digests": {
    seed: async (ctx) => {
      await setDigest(ctx, { isOn: true, settings: { weekday: yesterday, at: "00:00" } });
      await ctx.db.update(digestSubscriptions).set({ createdAt: new Date(0) });
    },
    isDone: (ctx) => has(ctx, digestSubscriptions, isNotNull(digestSubscriptions.sentFor)),
  },
  "refresh-reports": { seed: async () => {}, isDone: (ctx) => has(ctx, reports) },
  "mend-tasks": {
    seed: (ctx) => addTask(ctx, {}),
    isDone: (ctx) => has(ctx, inferenceTasks, eq(inferenceTasks.state, "expired")),
  },
  "forget-tasks": {
    seed: (ctx) => addTask(ctx, { state: "succeeded", finishedAt: new Date(now - 29 * dayMs) }),
    isDone: async (ctx) => !(await has(ctx, inferenceTasks)),
  },
  "roll-up-windows": {
    seed: async (ctx) =>
      addWindow(ctx, { ...(await newServed(ctx)), windowStart: new Date(now - 3 * hourMs), latenciesMs: [1] }),
    isDone: (ctx) => has(ctx, servingHours),
  },
  "maintain-labels": {
    seed: async (ctx) => {
      const { id } = await newAnimalProject(ctx);
      await addLabelled(ctx, id, { item: "one", given: { ada: "cat" } });
    },
    isDone: (ctx) => has(ctx, labelRuns),
  },
  "collect-artifacts": {
    seed: ({ db, actor: { workspaceId } }) => {
      const release = {
        workspaceId,
        cause: "released" as const,
        releasedBy: "x",
        removeAfter: new Date(now - minuteMs),
      };
      return db.insert(artifactReleases).values({ ...release, prefix: `${workspaceId}/77/models/m/artifacts` });
    },
    isDone: async (ctx) => !(await has(ctx, artifactReleases)),
  },
} satisfies Partial<Record<JobKind, Due>>;

const dueWatchers = {
  "alert-rules": {
    open: (db) => ruleWatcher(db),
    seed: async (ctx) => {
      const { endpointId } = await newServed(ctx);
      const spec = { kind: "absent", windowMinutes: 10 } as const;
      await createAlertRule(ctx, { name: "No traffic", severity: "ticket", endpointId, spec });
    },
    isDone: (ctx) => has(ctx, alertRules, isNotNull(alertRules.evaluatedAt)),
  },
  alerts: {
    open: (db) => alertDispatcher(db),
    seed: async (ctx) => {
      const endsAt = new Date(now + dayMs);
      const alert = { labels: { alertname: "Down", severity: "ticket" }, endsAt };
      await receiveAlerts(ctx, [alert], { source: "api", afterChange: notifyAfterChange });
      await ctx.db.update(alertGroups).set({ nextFlushAt: new Date(now - minuteMs) });
    },
    isDone: (ctx) => has(ctx, alertGroups, isNotNull(alertGroups.outcome)),
  },
  responses: {
    open: (db) => responseWatcher(db),
    seed: async (ctx) => {
      // More than any round should depend on.
      const all = Array.from({ length: 120 }, (_, index) => ({
        labels: { alertname: `Down ${index}`, severity: "page" },
        endsAt: new Date(now + dayMs),
      }));
      await receiveAlerts(ctx, all, { source: "api", afterChange: notifyAfterChange });
      const isHere = eq(alertGroups.workspaceId, ctx.actor.workspaceId);
      await ctx.db.update(alertGroups).set({ responseDueAt: new Date() }).where(isHere);
    },
    isDone: (ctx) => has(ctx, incidents),
  },
  incidents: {
    open: (db) => incidentWatcher(db),
    seed: async (ctx) => {
      const startedAt = new Date(now - hourMs);
      const { groupId } = await newIncident(ctx, { startedAt });
      const ended = { endedAt: new Date(now - 20 * minuteMs) };
      await ctx.db.update(alertGroups).set(ended).where(eq(alertGroups.id, groupId));
    },
    isDone: (ctx) => has(ctx, incidents, eq(incidents.state, "mitigated")),
  },
  labels: {
    open: (db) => labelWatcher({ db, feed, artifacts }),
    seed: async (ctx) => {
      await newServed(ctx, "digits");
      const { id } = await newAnimalProject(ctx, { endpoint: "digits" });
      await addLabelled(ctx, id, { item: "one", requestId: "one", label: "cat" });
    },
    isDone: (ctx) => has(ctx, predictionLabels),
  },
  training: {
    open: (db) => trainingWatcher({ db, feed, ...trainingPlace }),
    seed: async (ctx) => {
      await createEngine(ctx, { name: "local", settings: { kind: "local" } }, { allowsLocal: true });
      await submitJob(ctx, { engine: "local", spec: { command: ["true"] } }, { artifacts });
    },
    isDone: (ctx) => has(ctx, trainingLaunches),
  },
  retraining: {
    open: (db) => retrainingWatcher({ db, feed, artifacts, guard: startGuard }),
    seed: async (ctx) => {
      const { endpointId, versionId } = await newServed(ctx);
      const [version] = await ctx.db.select().from(modelVersions).where(eq(modelVersions.id, versionId));
      const plan = RetrainingPlan.parse({
        data: { kind: "dataset", name: "none" },
        job: { template: "none" },
        compare: { frozenSet: randomUUID() },
        release: { plan: quickPlan },
      });
      const rules = RetrainingPolicy.parse({ triggers: [] });
      const [policy] = await ctx.db
        .insert(retrainingPolicies)
        .values({
          workspaceId: ctx.actor.workspaceId,
          modelId: version?.modelId ?? "",
          endpointId,
          rules,
          plan,
          createdBy: "x",
        })
        .returning();
      const start = { evidence: [], request: null };
      if (policy) await transact(ctx, (ctx) => startCycle(ctx, policy, start));
    },
    isDone: async (ctx) =>
      (await has(ctx, retrainingPolicies, isNotNull(retrainingPolicies.lookedAt))) ||
      (await has(ctx, retrainingCycles, isNotNull(retrainingCycles.endedAt))),
  },
  "game-days": {
    open: (db) => gameDayWatcher({ db, feed }),
    seed: async (ctx) => {
      const { endpointId } = await newServed(ctx);
      const until = new Date(now - minuteMs);
      await newRunningGameDay(ctx, endpointId, { kind: "errors", status: 503 }, { until, leasedUntil: until });
    },
    isDone: (ctx) => has(ctx, gameDays, eq(gameDays.state, "ended")),
  },
  recovery: {
    open: (db) => recoveryWatcher(db),
    seed: async (ctx) => {
      const { groupId } = await newIncident(ctx, { startedAt: new Date(now - hourMs) });
      const ended = { endedAt: new Date(now - 20 * minuteMs) };
      await ctx.db.update(alertGroups).set(ended).where(eq(alertGroups.id, groupId));
    },
    isDone: (ctx) => has(ctx, incidents, eq(incidents.stage, "watch")),
  },
  slos: {
    open: (db) => sloWatcher(db, notifyAfterChange),
    seed: async (ctx) => newSlo(ctx, { kind: "availability", endpointId: (await newServed(ctx)).endpointId }),
    isDone: (ctx) => has(ctx, sloStates),
  },
  findings: {
    open: (db) => findingWatcher(db, notifyAfterChange),
    seed: async (ctx) => {
      const { endpointId } = await newServed(ctx);
      const finding = { key: "amount", kind: "drift", severity: "ticket" as const, words: "amount drifts" };
      const { workspaceId } = ctx.actor;
      await ctx.db.insert(monitoringFindings).values({ workspaceId, endpointId, watcher: "drift", ...finding });
    },
    isDone: (ctx) => has(ctx, alerts),
  },
  integrity: {
    open: (db) => integrityWatcher(db, notifyAfterChange),
    seed: (ctx) => newServed(ctx),
    isDone: (ctx) => has(ctx, monitoringMarks, eq(monitoringMarks.name, "integrity")),
  },
  notifications: {
    open: (db) => notificationWatcher({ db, feed, outside: newOutside() }),
    seed: async (ctx) => {
      const settings = { kind: "webhook" as const, url: "http://127.0.0.1:1/" };
      await newReceiver(ctx, "on-call", [{ settings }]);
      const notification = { kind: "group" as const, severity: "page", message: newMessage(), groupId: randomUUID() };
      await enqueueNotification(ctx, { to: { receiver: "on-call" }, ...notification, deduplicationKey: "one" });
    },
    isDone: (ctx) => has(ctx, notifications, gt(notifications.attempts, 0)),
  },
  rollouts: {
    open: (db) => rolloutWatcher({ db, feed }),
    seed: (ctx) => newRollout(ctx),
    isDone: (ctx) => has(ctx, rollouts, isNotNull(rollouts.evaluatedAt)),
  },
} satisfies Partial<Record<WatcherName, Due & { open(db: Database): Watcher }>>;

/** Kinds that this test does not walk, and why. */
const notWalked: Partial<Record<JobKind | WatcherName, string>> = {
  "forget-deliveries": "one statement",
  "forget-notifications": "one statement for each table, each an item",
  "forget-alerts": "one statement for each table, each an item",
  "forget-answers": "one statement",
  "forget-sli-hours": "one statement",
  "forget-playground-runs": "one statement for each purpose, each an item",
  "forget-sign-in-attempts": "one statement for each table, each an item; its rows have no workspace",
  "end-sign-in-episodes": "its rows have no workspace; each episode is an item",
  "verify-audit-log": "one chain, which ends at its first broken link",
  "audit-seals": "one chain, which ends at its first broken link",
  "meter-costs": "one statement for each source, each an item",
  "roll-up-states": "each hour of an endpoint is an item",
  "maintain-features": "its statements concern all workspaces; each is an item",
  "pack-features": "each view is an item",
  "resume-materialisations": "only enqueues; each materialisation is an item",
  "start-materialisations": "each view is an item",
  "resume-key-removals": "only enqueues; each removal is an item",
  "measure-feature-drift": "each view is an item",
  "compare-features": "each view and each endpoint is an item",
  "resume-training-sets": "only enqueues; each training set is an item",
  "maintain-training": "each job is an item",
  "maintain-predictions": "telemetry.db.test.ts: an endpoint whose rules cannot be read",
  "resume-load-tests": "only enqueues; each test is an item",
  "resume-evaluations": "only enqueues; each evaluation is an item",
  "attribute-kpi-events": "kpis.db.test.ts: a KPI whose events fail",
  "sweep-artifacts": "each folder is an item",
  "webhook-deliveries": "claims in one statement; each delivery is an item",
  escalations: "each escalation is an item",
  "rollout-sources": "each rollout is an item",
  "feature-rows": "one copy of all rows, complete or not",
  "feature-views": "each view is an item",
  drift: "each endpoint is an item",
  quality: "each endpoint is an item",
  consistency: "each endpoint is an item",
  "pack-metrics": "tests of its folder",
  "watch-runs": "tests of its folder",
  "resume-transfers": "tests of its folder",
  "purge-trash": "tests of its folder",
  "apply-retention": "tests of its folder",
};

/** Creates work in two workspaces, of which the first rejects every write from then on. */
async function fixture({ seed }: Due) {
  const { db } = await freshDatabase();
  const [poisoned, healthy] = [await newWorkspace(db), await newWorkspace(db)];
  for (const ctx of [poisoned, healthy]) await seed(ctx);
  await db.execute(
    sql.raw(`
    create function poison() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          if old.workspace_id = '${poisoned.actor.workspaceId}' then raise exception 'poison'; end if;
          return old;
        end if;
        if new.workspace_id = '${poisoned.actor.workspaceId}' then raise exception 'poison'; end if;
        return new;
      end $$`),
  );
  await db.execute(sql`
    do $$ declare one record; begin
      for one in select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and a.attname = 'workspace_id' and c.relname <> 'set_aside_items'
      loop
        execute format('create trigger poison before insert or update or delete on %I for each row execute function poison()', one.name);
      end loop;
    end $$`);
  const setAside = async (name: string) =>
    (await db.select().from(setAsideItems).where(eq(setAsideItems.watcher, name))).map(
      ({ workspaceId }) => workspaceId,
    );
  return { db, poisoned, healthy, setAside };
}

test.each(Object.entries(dueJobs))("job %s goes on after a row that fails, and sets it aside", async (name, due) => {
  const kind = name as JobKind;
  const { db, healthy, poisoned, setAside } = await fixture(due);
  const items = new JobItems(db, kind);
  const deps = { artifacts, config: { gatewayUrl: "http://127.0.0.1:1" }, attempt: items.attempt };
  const handle = handlers[kind] as (ctx: Context, data: unknown, deps: JobDependencies) => Promise<void>;
  await handle(systemContext(db, "", kind), {}, deps as unknown as JobDependencies);
  expect(await due.isDone(healthy)).toBe(true);
  expect(await due.isDone(poisoned)).toBe(false);
  expect(await setAside(kind)).toContain(poisoned.actor.workspaceId);
  expect(await setAside(kind)).not.toContain(healthy.actor.workspaceId);
  expect(() => items.requireSuccess()).toThrow("failed");
});

test.each(Object.entries(dueWatchers))(
  "watcher %s goes on after a row that fails, and sets it aside",
  async (name, due) => {
    const { db, healthy, poisoned, setAside } = await fixture(due);
    const watcher = due.open(db);
    await watcher.evaluate();
    // On a busy machine the work of a round may go on after it.
    await expect.poll(() => due.isDone(healthy)).toBe(true);
    await watcher.stop(5);
    expect(await due.isDone(poisoned)).toBe(false);
    expect(await setAside(name)).not.toEqual([]);
    expect(await setAside(name)).not.toContain(healthy.actor.workspaceId);
  },
);

test("every scheduled job and every watcher is walked here, or says why not", () => {
  const all = [...schedule.map(({ kind }) => kind), ...(Object.keys(watcherPurposes) as WatcherName[])];
  const walked = [...Object.keys(dueJobs), ...Object.keys(dueWatchers)];
  expect(all.filter((name) => !walked.includes(name) && notWalked[name] === undefined)).toEqual([]);
  expect(walked.filter((name) => notWalked[name as JobKind] !== undefined)).toEqual([]);
});
