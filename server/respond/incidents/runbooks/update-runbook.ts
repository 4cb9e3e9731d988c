import { and, eq, isNull } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Runbook, UpdateRunbook } from "./contract.ts";
import { loadRunbook } from "./queries.ts";
import { refuseRunbook } from "./refuse-runbook.ts";
import { findRunbook, thisRunbook } from "./runbook-rows.ts";

/**
 * Updates a runbook; ticks of steps with unchanged text are kept, and the audit log stores the previous text.
 * @throws DomainError "not-found"; "invalid" for an unknown variable; "conflict" for a name that is taken, when it is archived, or has
 * changed since it was read
 */
export async function updateRunbook(ctx: Context, input: UpdateRunbook): Promise<Runbook> {
  permit(ctx, "updateRunbook");
  const { runbookId, revision, ...change } = UpdateRunbook.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await findRunbook(ctx, runbookId);
    await refuseRunbook(ctx, change, runbookId);
    const [row] = await ctx.db
      .update(runbooks)
      .set({ ...change, revision: revision + 1, updatedBy: ctx.actor.name, updatedAt: new Date() })
      .where(and(thisRunbook(ctx, runbookId), eq(runbooks.revision, revision), isNull(runbooks.archivedAt)))
      .returning();
    if (!row) {
      const words = before.archivedAt
        ? "The runbook is archived."
        : "The runbook was changed by someone else. Reload it.";
      throw new DomainError("conflict", words);
    }
    const auditValues = ({ name, body }: typeof row) => ({ name, body });
    await record(ctx, "runbook.updated", {
      subject: `runbook/${row.name}`,
      before: auditValues(before),
      after: auditValues(row),
    });
    await publish(ctx, "incident", runbookId);
    return loadRunbook(ctx, row);
  });
}
