import { and, eq, sql } from "drizzle-orm";
import { featureMaterialisations, type featureViews } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { firstEventUs, type MaterialisationInput } from "./contract.ts";

type View = Pick<typeof featureViews.$inferSelect, "id" | "materialisedUntil">;

/** What was logged may reach the database late, from a gateway that could not reach it. */
const lateLogUs = 600_000_000;

/**
 * Returns the event time from which rows of a view are read after its last materialisation ended, in microseconds since 1970; null if there was
 * none, or the version of the dataset has not been read completely: it may correct rows of any time.
 */
export async function continuesAt(
  ctx: Context,
  { id, materialisedUntil }: View,
  { kind, dataset }: MaterialisationInput,
): Promise<number | null> {
  if (materialisedUntil === null) return null;
  if (kind === "predictions") return materialisedUntil - lateLogUs;
  if (kind !== "dataset" || !dataset) return materialisedUntil;
  const { workspaceId, viewId, state, input } = featureMaterialisations;
  const complete = await ctx.db.$count(
    featureMaterialisations,
    and(
      eq(workspaceId, ctx.actor.workspaceId),
      eq(viewId, id),
      eq(state, "done"),
      sql`${input} #>> '{dataset,id}' = ${dataset.id}`,
      isComplete(sql`feature_materialisations`),
    ),
  );
  return complete > 0 ? materialisedUntil : null;
}

/** Selects materialisations, of a table of this name, whose range has every event time up to their start. */
export function isComplete(materialisation: ReturnType<typeof sql>) {
  return sql`(${materialisation}.from_event_at = ${firstEventUs}
    and ${materialisation}.to_event_at >= (extract(epoch from ${materialisation}.created_at) * 1000000)::int8)`;
}
