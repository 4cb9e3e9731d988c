import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertRules } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { unloadEndpoint } from "#server/serve/endpoints/unload-endpoint.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { addTraffic, knownAlerts, newOwner, newServed } from "../../testing/fixtures/alerts/rules/testing.ts";
import { archiveAlertRule } from "./archive-alert-rule.ts";
import { createAlertRule } from "./create-alert-rule.ts";
import { disableAlertRule } from "./disable-alert-rule.ts";
import { enableAlertRule } from "./enable-alert-rule.ts";
import { evaluateAlertRule } from "./evaluate-alert-rule.ts";
import { getAlertRule } from "./queries.ts";
import { ruleWatcher } from "./rule-watcher.ts";
import { updateAlertRule } from "./update-alert-rule.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const runner = ruleWatcher(db);
const second = 1000;
const spec = { kind: "threshold", metric: "error-rate", op: ">", value: 0.05, windowMinutes: 1 } as const;

test("fires above the threshold with labels and runbook, and resolves below it", async () => {
  const ctx = await newWorkspace(db);
  const { endpointId, versionId } = await newServed(ctx);
  const { teamId, runbookId } = await newOwner(ctx);
  const rule = await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "page", teamId, runbookId });
  const now = Date.now();
  await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 20, good: 90, failed: 10 });
  await runner.evaluate(now);
  expect(await knownAlerts(ctx, now)).toEqual([
    {
      labels: {
        alertname: "Errors",
        severity: "page",
        service: "churn",
        endpoint: "churn",
        model: "churn",
        team: "risk",
      },
      annotations: {
        summary: "churn: error rate 10%",
        description:
          "Error rate of churn over 1 minute is 10% (threshold > 5%). Rule: Error rate of churn over 1 minute is above 5%.",
        runbook_url: `/incidents/runbooks/${runbookId}`,
        "leeway.internal/rule-id": rule.id,
        "leeway.internal/endpoint-id": endpointId,
      },
      ruleKey: `rule:${rule.id}`,
      isFiring: true,
      startsAt: now,
    },
  ]);
  const shown = await getAlertRule(ctx, { ruleId: rule.id });
  expect(shown.states).toMatchObject([{ part: endpointId, title: "churn", state: "firing", value: 0.1, limit: 0.05 }]);
  const later = now + 90 * second;
  await addTraffic(ctx, { endpointId, versionId, now: later, secondsAgo: 20, good: 100 });
  await runner.evaluate(later);
  expect(await knownAlerts(ctx, later)).toMatchObject([{ isFiring: false, startsAt: now }]);
  expect((await getAlertRule(ctx, { ruleId: rule.id })).states).toMatchObject([{ state: "inactive", value: 0 }]);
});

test("ends the page of an endpoint that is unloaded: nothing is measured there, by request", async () => {
  const ctx = await newWorkspace(db);
  const { endpointId, versionId } = await newServed(ctx);
  await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "page", ...(await newOwner(ctx)) });
  const now = Date.now();
  await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 20, failed: 10 });
  await runner.evaluate(now);
  expect(await knownAlerts(ctx, now)).toMatchObject([{ isFiring: true }]);
  await unloadEndpoint(ctx, { endpointId, reason: "not used" });
  const later = now + 10 * second;
  await runner.evaluate(later);
  expect(await knownAlerts(ctx, later)).toMatchObject([{ isFiring: false }]);
});

test("evaluates a rule once with several workers, and not again within ten seconds", async () => {
  const ctx = await newWorkspace(db);
  const { endpointId } = await newServed(ctx);
  const { id } = await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "ticket" });
  const now = Date.now();
  const turns = await Promise.all([1, 2, 3].map(() => evaluateAlertRule(ctx, id, now)));
  expect(turns.filter(Boolean)).toHaveLength(1);
  expect(await evaluateAlertRule(ctx, id, now + 9 * second)).toBe(false);
  expect(await evaluateAlertRule(ctx, id, now + 10 * second)).toBe(true);
});

test("reports an invalid rule, and still evaluates the others", async () => {
  const ctx = await newWorkspace(db);
  const { endpointId, versionId } = await newServed(ctx);
  const broken = await createAlertRule(ctx, { name: "A broken one", endpointId, spec, severity: "ticket" });
  await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "ticket" });
  await db
    .update(alertRules)
    .set({ spec: { kind: "threshold", metric: "p95-ms", op: "?", value: 1 } as never })
    .where(eq(alertRules.id, broken.id));
  const now = Date.now();
  await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 20, failed: 10 });
  await runner.evaluate(now);
  expect((await knownAlerts(ctx, now)).map(({ labels }) => labels.alertname)).toEqual(["Errors"]);
  const [row] = await db.select().from(alertRules).where(eq(alertRules.id, broken.id));
  expect(row?.problem).toBe("Evaluation failed; see the worker log.");
  expect(row?.evaluatedAt?.getTime()).toBe(now);
});

test("resolves alerts of a rule that is disabled, changed or archived, and fires again when true", async () => {
  const ctx = await newWorkspace(db);
  const { endpointId, versionId } = await newServed(ctx);
  const { id: ruleId } = await createAlertRule(ctx, { name: "Errors", endpointId, spec, severity: "ticket" });
  const now = Date.now();
  await addTraffic(ctx, { endpointId, versionId, now, secondsAgo: 20, failed: 10 });
  const firing = async () => {
    await runner.evaluate(Date.now());
    const known = await knownAlerts(ctx, Date.now());
    return known.filter(({ isFiring }) => isFiring).map(({ labels }) => labels.alertname);
  };
  expect(await firing()).toEqual(["Errors"]);
  expect((await disableAlertRule(ctx, { ruleId })).states).toEqual([]);
  expect(await firing()).toEqual([]);
  await enableAlertRule(ctx, { ruleId });
  expect(await firing()).toEqual(["Errors"]);
  await updateAlertRule(ctx, { ruleId, name: "Failures" });
  expect(await firing()).toEqual(["Failures"]);
  await archiveAlertRule(ctx, { ruleId });
  expect(await firing()).toEqual([]);
  await expect(enableAlertRule(ctx, { ruleId })).rejects.toThrow(/archived/);
});
