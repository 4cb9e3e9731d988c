import { runViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteView } from "./contract.ts";
import { noView, thisView } from "./rows.ts";

/** Deletes a view; runs are not affected. @throws DomainError "not-found" */
export async function deleteView(ctx: Context, input: DeleteView): Promise<void> {
  permit(ctx, "deleteView");
  const { viewId } = DeleteView.parse(input);
  await transact(ctx, async (ctx) => {
    const [row] = await ctx.db.delete(runViews).where(thisView(ctx, viewId)).returning();
    if (!row) throw noView();
    const { experimentId, name, state } = row;
    await record(ctx, "view.deleted", { subject: `experiment/${experimentId}`, before: { name, state } });
    await publish(ctx, "experiment", String(experimentId));
  });
}
