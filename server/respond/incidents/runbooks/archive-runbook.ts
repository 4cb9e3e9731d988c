import { and, isNull } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchiveRunbook } from "./contract.ts";
import { loadRunbook } from "./queries.ts";
import { findRunbook, thisRunbook } from "./runbook-rows.ts";

/** Archives a runbook. @throws DomainError "not-found"; "conflict" while something uses it, or if it is archived */
export async function archiveRunbook(ctx: Context, input: ArchiveRunbook): Promise<void> {
  permit(ctx, "archiveRunbook");
  const { runbookId, reason } = ArchiveRunbook.parse(input);
  await transact(ctx, async (ctx) => {
    const row = await findRunbook(ctx, runbookId);
    const { uses } = await loadRunbook(ctx, row);
    if (uses > 0) {
      const what =
        uses === 1 ? "One SLO, rule or open incident uses" : `${formatCount(uses)} SLOs, rules or open incidents use`;
      throw new DomainError("conflict", `${what} this runbook. Assign another one to them first.`);
    }
    const [archived] = await ctx.db
      .update(runbooks)
      .set({ archivedAt: new Date(), updatedBy: ctx.actor.name })
      .where(and(thisRunbook(ctx, runbookId), isNull(runbooks.archivedAt)))
      .returning();
    if (!archived) throw new DomainError("conflict", "Already archived.");
    await record(ctx, "runbook.archived", { subject: `runbook/${row.name}`, reason });
    await publish(ctx, "incident", runbookId);
  });
}
