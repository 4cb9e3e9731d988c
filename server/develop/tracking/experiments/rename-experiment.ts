import { experiments } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RenameExperiment } from "./contract.ts";
import { lockActiveExperiment, thisExperiment } from "./lock-experiment.ts";
import { unlessNameInUse } from "./name-in-use.ts";

/** Renames an active experiment; its current name is allowed. @throws DomainError "conflict" if the name is taken. */
export async function renameExperiment(ctx: Context, input: RenameExperiment): Promise<void> {
  permit(ctx, "renameExperiment");
  const { experimentId, name } = RenameExperiment.parse(input);
  await transact(ctx, async (ctx) => {
    const before = await lockActiveExperiment(ctx, experimentId, "no key update");
    if (before.name === name) return;
    const change = ctx.db
      .update(experiments)
      .set({ name, updatedAt: Date.now() })
      .where(thisExperiment(ctx, experimentId));
    await unlessNameInUse(name, change.execute());
    await record(ctx, "experiment.renamed", {
      subject: `experiment/${experimentId}`,
      before: { name: before.name },
      after: { name },
    });
    await publish(ctx, "experiment", String(experimentId));
  });
}
