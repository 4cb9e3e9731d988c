import { and, eq, isNull } from "drizzle-orm";
import { evaluationSets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluationSet, RetireEvaluationSet } from "../contract.ts";
import { loadEvaluationSet } from "./set-queries.ts";

/** Retires a set: its results stay, and no version is evaluated on it any more. @throws DomainError "not-found", "conflict" if it is retired */
export async function retireEvaluationSet(ctx: Context, input: RetireEvaluationSet): Promise<EvaluationSet> {
  permit(ctx, "retireEvaluationSet");
  const { id, reason } = RetireEvaluationSet.parse(input);
  return transact(ctx, async (ctx) => {
    const { name } = await loadEvaluationSet(ctx, id);
    const [retired] = await ctx.db
      .update(evaluationSets)
      .set({ retiredAt: new Date(), retiredBy: ctx.actor.name, retirementReason: reason })
      .where(
        and(
          eq(evaluationSets.workspaceId, ctx.actor.workspaceId),
          eq(evaluationSets.id, id),
          isNull(evaluationSets.retiredAt),
        ),
      )
      .returning({ id: evaluationSets.id });
    if (!retired) throw new DomainError("conflict", `Set "${name}" is already retired.`);
    await record(ctx, "evaluation-set.retired", { subject: `evaluation-set/${name}`, after: { id }, reason });
    await publish(ctx, "evaluation", id);
    return loadEvaluationSet(ctx, id);
  });
}
