import { and, eq, isNull } from "drizzle-orm";
import { experiments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { setExperimentTag } from "#server/develop/tracking/experiments/set-experiment-tag.ts";
import { importedName } from "#server/develop/tracking/names.ts";
import type { SourceExperiment } from "../source.ts";
import type { Intake } from "./intake.ts";
import { createIdempotent, findEarlier, findItem, finishItem } from "./items.ts";
import { Problems } from "./problems.ts";

/**
 * Finds or creates the experiment for the runs of a source experiment: the one that an earlier import from there created, otherwise the one
 * with the same name, otherwise a new one.
 * @returns its local id.
 */
export async function takeOverExperiment(intake: Intake, experiment: SourceExperiment): Promise<number> {
  const { ctx } = intake;
  const own = await findItem(intake, "experiment", experiment.id);
  if (own?.localId && own.fingerprint) return Number(own.localId);
  const problems = new Problems();
  const earlier = own ?? (await findEarlier(intake, "experiment", experiment.id, true));
  const name = importedName(experiment.name);
  const tags = problems.withUsableKeys("A tag", experiment.tags);
  const isRetained = earlier?.localId ? await isActive(ctx, Number(earlier.localId)) : false;
  const known = isRetained ? Number(earlier?.localId) : await findByName(ctx, name);
  const id =
    known ??
    Number(
      await createIdempotent(intake, "experiment", experiment.id, async (ctx) =>
        String(await createExperiment(ctx, { name, tags: tags.map(cutTag) })),
      ),
    );
  if (known !== undefined) {
    for (const tag of tags) {
      await problems.attempt(`The tag ${tag.key} was not imported`, () =>
        setExperimentTag(ctx, { experimentId: id, ...cutTag(tag) }),
      );
    }
  }
  await finishItem(intake, "experiment", experiment.id, {
    localId: String(id),
    fingerprint: experiment.name,
    problems: problems.list,
  });
  return id;
}

/** Truncates values of experiment tags to 5,000 characters. */
function cutTag<Tag extends { value: string }>(tag: Tag): Tag {
  return { ...tag, value: tag.value.slice(0, 5000) };
}

async function isActive(ctx: Context, id: number): Promise<boolean> {
  const isThis = and(eq(experiments.workspaceId, ctx.actor.workspaceId), eq(experiments.id, id));
  const found = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(and(isThis, isNull(experiments.deletedAt)));
  return found.length > 0;
}

async function findByName(ctx: Context, name: string): Promise<number | undefined> {
  const isNamed = and(eq(experiments.workspaceId, ctx.actor.workspaceId), eq(experiments.name, name));
  const [found] = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(and(isNamed, isNull(experiments.deletedAt)));
  return found?.id;
}
