import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertRules } from "#db/schema/index.ts";
import { markEvaluated } from "#server/alerting/watchdog/mark-evaluated.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import type { AlertRuleSpec } from "./contract.ts";
import { evaluateAlertRule, evaluationIntervalMs } from "./evaluate-alert-rule.ts";
import { isWatching, ofWorkspace } from "./rule-rows.ts";

const maxPerRound = 200;

/**
 * Evaluates every alert rule about every 10 s, and a new or changed one within a second. Each rule is evaluated by one worker at a time.
 * The problem of a rule that cannot be evaluated is stored with it; its firing alerts stay as they are.
 * @param only evaluates rules of this kind only
 */
export function ruleWatcher(db: Database, only?: Pick<AlertRuleSpec, "kind">): Watcher {
  const isOfKind = only && sql`${alertRules.spec}->>'kind' = ${only.kind}`;
  return new Watcher({
    name: "alert-rules",
    db,
    everyMs: 1_000,
    maxRetryMs: 30_000,
    run: async ({ attempt, isStopping, startedAt: at }) => {
      const dueBefore = new Date(at - evaluationIntervalMs);
      // The rule that has waited longest comes first.
      const due = await db
        .select({ id: alertRules.id, workspaceId: alertRules.workspaceId })
        .from(alertRules)
        .where(and(isWatching, isOfKind, or(isNull(alertRules.evaluatedAt), lte(alertRules.evaluatedAt, dueBefore))))
        .orderBy(sql`${alertRules.evaluatedAt} nulls first`)
        .limit(maxPerRound);
      for (const item of due) {
        if (isStopping()) return;
        const ctx = systemContext(db, item.workspaceId, "evaluate-alert-rule");
        await attempt(
          item,
          () => evaluateAlertRule(ctx, item.id, at),
          (cause) => storeProblem(ctx, item.id, cause, at),
        );
      }
      // The watchdog says that all rules are evaluated, so only a complete watcher speaks for it.
      if (!only) await markEvaluated(db, at);
    },
  });
}

/** Counts as an evaluation, so that the other rules of a long list get their turn. */
async function storeProblem(ctx: Context, ruleId: string, cause: unknown, now: number): Promise<void> {
  const problem = cause instanceof DomainError ? cause.message : "Evaluation failed; see the worker log.";
  await ctx.db
    .update(alertRules)
    .set({ evaluatedAt: new Date(now), problem })
    .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId)));
  await publish(ctx, "alert", ruleId);
}
