import { exports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Export, StartExport } from "../contract.ts";
import { loadExport } from "./queries.ts";

/** Starts to write the workspace to one file, which can be imported here or elsewhere. */
export async function startExport(ctx: Context, input: StartExport): Promise<Export> {
  permit(ctx, "startExport");
  const { hasArtifacts } = StartExport.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: startedByName } = ctx.actor;
    const [row] = await ctx.db
      .insert(exports)
      .values({ workspaceId, hasArtifacts, startedByName })
      .returning({ id: exports.id });
    if (!row) throw new Error("The export was not inserted.");
    await record(ctx, "export.started", { subject: `export/${row.id}`, after: { hasArtifacts } });
    await enqueue(ctx, "run-export", { exportId: row.id });
    await publish(ctx, "settings", row.id);
    return loadExport(ctx, row.id);
  });
}
