import { sql } from "drizzle-orm";
import { experiments, experimentTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkKey, latestPerKey } from "../keys.ts";
import { CreateExperiment } from "./contract.ts";
import { nameInUse } from "./name-in-use.ts";

/**
 * Makes an experiment. Its name is unique among the active ones: that of a deleted experiment is free.
 * @returns its id. @throws DomainError "conflict" when the name is taken.
 */
export async function createExperiment(ctx: Context, input: CreateExperiment): Promise<number> {
  permit(ctx, "createExperiment");
  const { name, artifactLocation, tags } = CreateExperiment.parse(input);
  for (const [index, tag] of tags.entries()) checkKey(tag.key, `tags[${index}].key`);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const now = Date.now();
    const { rows } = await ctx.db.execute<{ id: number }>(sql`select nextval('experiment_ids') as id`);
    const id = rows[0]?.id;
    if (id === undefined) throw new Error("The sequence gave no id.");
    const [experiment] = await ctx.db
      .insert(experiments)
      .values({
        workspaceId,
        id,
        name,
        artifactLocation: trimEndOf(artifactLocation ?? "", "/") || `mlflow-artifacts:/${id}`,
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoNothing()
      .returning();
    if (!experiment) throw nameInUse(name);
    const tagRows = latestPerKey(tags).map((tag) => ({ workspaceId, experimentId: id, ...tag }));
    if (tagRows.length > 0) await ctx.db.insert(experimentTags).values(tagRows);
    await record(ctx, "experiment.created", { subject: `experiment/${id}`, after: { name, tags: latestPerKey(tags) } });
    await publish(ctx, "experiment", String(id));
    return id;
  });
}
