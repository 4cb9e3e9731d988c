import { and, eq, sql } from "drizzle-orm";
import { trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Engine } from "../engines/engine.ts";
import type { EnginePlace } from "../engines/open-engine.ts";

/** Time without an answer after which the worker of another machine takes an engine over. It answers at least once a minute. */
const takenOverMs = 5 * minuteMs;

/**
 * Says whether this worker looks after an engine of the kind `local`, and takes it where no other machine does: its jobs are processes of one
 * machine, and a worker elsewhere would find none of them. docs/spec/training.md section 6.
 * @param now milliseconds since 1970
 */
export async function holdLocal(
  ctx: Context,
  row: typeof trainingEngines.$inferSelect,
  { engine, place, now }: { engine: Pick<Engine, "describe">; place: EnginePlace; now: number },
): Promise<boolean> {
  const holder = row.description?.machine;
  if (holder === place.machine) return true;
  if (holder !== undefined && now - (row.answeredAt?.getTime() ?? 0) < takenOverMs) return false;
  // That nobody may run it here is said by the engine itself.
  if (!place.allowsLocal) return true;
  const description = await engine.describe(AbortSignal.timeout(takenOverMs));
  const isFree = sql`(${trainingEngines.description} ->> 'machine' is null or ${trainingEngines.answeredAt} is null
    or ${trainingEngines.answeredAt} <= ${new Date(now - takenOverMs).toISOString()}::timestamptz)`;
  // Of several that try at the same time, the others find what the first one wrote.
  const taken = await ctx.db
    .update(trainingEngines)
    .set({ description, answeredAt: sql`now()` })
    .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, row.id), isFree))
    .returning({ id: trainingEngines.id });
  return taken.length > 0;
}
