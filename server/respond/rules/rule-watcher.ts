import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertRules } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { publish } from "#server/platform/events/publish.ts";
import { evaluateAlertRule, evaluationIntervalMs } from "./evaluate-alert-rule.ts";
import { isWatching, ofWorkspace } from "./rule-rows.ts";

/** So soon a rule that somebody made or changed is looked at. */
const pollMs = 1_000;
const maxConcurrent = 200;

/**
 * Looks at every rule about every 10 s. Several may run: each rule is looked at by one at a time. What goes wrong with one rule is
 * written beside it, for people, and leaves the others and what it has firing as they are.
 */
export class RuleRunner {
  private readonly db: Database;
  private readonly looks = new Refresher("alert-rules", pollMs, () => this.look());

  constructor(db: Database) {
    this.db = db;
  }

  async start(): Promise<void> {
    await this.looks.start();
  }

  /** Begins no more looks; the one that is under way ends. */
  async stop(): Promise<void> {
    await this.looks.stop();
  }

  /** All that is due, whichever waited longest first. */
  async look(now = Date.now()): Promise<void> {
    const due = await this.db
      .select({ id: alertRules.id, workspaceId: alertRules.workspaceId })
      .from(alertRules)
      .where(
        and(
          isWatching,
          or(isNull(alertRules.evaluatedAt), lte(alertRules.evaluatedAt, new Date(now - evaluationIntervalMs))),
        ),
      )
      .orderBy(sql`${alertRules.evaluatedAt} nulls first`)
      .limit(maxConcurrent);
    for (const { id, workspaceId } of due) {
      const ctx = systemContext(this.db, workspaceId, "evaluate-alert-rule");
      try {
        await evaluateAlertRule(ctx, id, now);
      } catch (cause) {
        log.error("alert-rule.evaluation_failed", { ruleId: id, cause });
        await noteProblem(ctx, id, cause, now).catch((cause: unknown) =>
          log.error("alert-rule.problem_not_noted", { ruleId: id, cause }),
        );
      }
    }
  }
}

/** It is tried again at the next look, as if it had been looked at. */
async function noteProblem(ctx: Context, ruleId: string, cause: unknown, now: number): Promise<void> {
  const problem = cause instanceof DomainError ? cause.message : "Evaluation failed; see the worker log.";
  await ctx.db
    .update(alertRules)
    .set({ evaluatedAt: new Date(now), problem })
    .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId)));
  await publish(ctx, "alert", ruleId);
}
