import { runViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type SavedView, UpdateView } from "./contract.ts";
import { nameInUse, noView, thisView, toView } from "./rows.ts";

/** Renames a view, or makes it show something else. @throws DomainError "not-found", "conflict" when the name is taken. */
export async function updateView(ctx: Context, input: UpdateView): Promise<SavedView> {
  permit(ctx, "updateView");
  const { viewId, name, state } = UpdateView.parse(input);
  try {
    return await transact(ctx, async (ctx) => {
      const [before] = await ctx.db.select().from(runViews).where(thisView(ctx, viewId)).for("update");
      if (!before) throw noView();
      const [row] = await ctx.db
        .update(runViews)
        .set({ name: name ?? before.name, state: state ?? before.state, updatedAt: new Date() })
        .where(thisView(ctx, viewId))
        .returning();
      if (!row) throw noView();
      await record(ctx, "view.updated", {
        subject: `experiment/${row.experimentId}`,
        before: { name: before.name, state: before.state },
        after: { name: row.name, state: row.state },
      });
      await publish(ctx, "experiment", String(row.experimentId));
      return toView(row);
    });
  } catch (error) {
    throw nameInUse(error, name ?? "");
  }
}
