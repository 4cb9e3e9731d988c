import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { gameDays, slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { addAdjustment } from "#server/watch/slo/adjustments/add-adjustment.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { sumOf } from "#server/watch/slo/spending/sum-of.ts";
import { lockDay } from "../find-day.ts";
import { DecideBudget } from "./contract.ts";

/**
 * Decides about the error budget that a game day used, once: it counts, or the minutes of the game day are excluded from each SLO of the
 * endpoint that had bad events in them, as an adjustment that names the game day. Only when the report is complete, which keeps what was
 * used. @throws DomainError "not-found"; "conflict" before that, after a decision, and with nothing to exclude
 */
export async function decideBudget(ctx: Context, input: DecideBudget): Promise<void> {
  permit(ctx, "decideBudget");
  const { number, decision } = DecideBudget.parse(input);
  await transact(ctx, async (ctx) => {
    const { id, startedAt, endedAt, report, budgetDecision, hypothesis } = await lockDay(ctx, number);
    const name = `GD-${number}`;
    if (!startedAt || !endedAt) throw new DomainError("conflict", `${name} has not ended. Decide after its end.`);
    if (budgetDecision)
      throw new DomainError("conflict", `It was already decided that the budget of ${name} is ${budgetDecision}.`);
    if (!report) {
      const when = "at the latest half an hour after the end";
      throw new DomainError("conflict", `The report of ${name} is not complete. Decide when it is, ${when}.`);
    }
    const span = { from: floorMinute(startedAt), to: Math.ceil(endedAt.getTime() / minuteMs) * minuteMs };
    const excluded = decision === "excluded" ? await findAffected(ctx, report.budgets, span) : [];
    if (decision === "excluded" && excluded.length === 0) {
      throw new DomainError("conflict", `${name} used no error budget: there is nothing to exclude. Count it.`);
    }
    const range = { from: new Date(span.from), to: new Date(span.to) };
    for (const { id: sloId } of excluded) {
      await addAdjustment(ctx, { sloId, ...range, reason: `Game day ${name}: ${hypothesis}` });
    }
    await ctx.db
      .update(gameDays)
      .set({ budgetDecision: decision, updatedAt: sql`now()` })
      .where(and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.id, id)));
    const after = { decision, ...(decision === "excluded" && { slos: excluded.map((slo) => slo.name), ...range }) };
    await record(ctx, "game-day.budget-decided", { subject: `game-day/${name}`, after });
    await publish(ctx, "game-days", id);
  });
}

/** Finds the SLOs of the report with bad events in the minutes of the game day. Composites follow their components. */
async function findAffected(
  ctx: Context,
  budgets: readonly { sloId: string }[],
  span: { from: number; to: number },
): Promise<StoredSlo[]> {
  if (budgets.length === 0) return [];
  const ids = budgets.map(({ sloId }) => sloId);
  const affected: StoredSlo[] = [];
  const found = await selectSlos(ctx, and(inArray(slos.id, ids), isNull(slos.archivedAt)));
  // Rows of one kind are locked in the order of their ids.
  for (const slo of found.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    if (!slo.definition.indicator) continue;
    if (sumOf(await countSlo(ctx, slo, span), span).bad > 0) affected.push(slo);
  }
  return affected;
}

function floorMinute(at: Date): number {
  return Math.floor(at.getTime() / minuteMs) * minuteMs;
}
