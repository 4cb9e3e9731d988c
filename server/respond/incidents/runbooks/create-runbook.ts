import { runbooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateRunbook, type Runbook } from "./contract.ts";
import { installRunbooks } from "./install-runbooks.ts";
import { loadRunbook } from "./queries.ts";
import { refuseRunbook } from "./refuse-runbook.ts";

/** Writes a runbook. @throws DomainError "invalid" for an unknown variable; "conflict" for a name that is taken */
export async function createRunbook(ctx: Context, input: CreateRunbook): Promise<Runbook> {
  permit(ctx, "createRunbook");
  const { name, body } = CreateRunbook.parse(input);
  return transact(ctx, async (ctx) => {
    await installRunbooks(ctx);
    await refuseRunbook(ctx, { name, body });
    const { workspaceId, name: updatedBy } = ctx.actor;
    const [row] = await ctx.db.insert(runbooks).values({ workspaceId, name, body, updatedBy }).returning();
    if (!row) throw new Error("The runbook was not inserted.");
    await record(ctx, "runbook.created", { subject: `runbook/${name}`, after: { body } });
    await publish(ctx, "incident", row.id);
    return loadRunbook(ctx, row);
  });
}
