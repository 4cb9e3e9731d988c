import { and, eq, sql } from "drizzle-orm";
import { qualityHours } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import type { MonitorSettings } from "../../contract.ts";
import { AnswerReader } from "./answer-reader.ts";
import { AnswerCounter } from "./count-answers.ts";
import { readAnswers } from "./read-answers.ts";

interface Recount {
  endpointId: string;
  /** Start of the hour, in milliseconds since 1970. */
  hour: number;
  settings: MonitorSettings;
  reader?: AnswerReader;
}

/**
 * Counts an hour of answers anew, whole: labels may come before their request is in the log, late, or in the place of others. Twice is the
 * same as once. For the worker.
 */
export async function recountHour(
  ctx: Context,
  { endpointId, hour, settings, reader = new AnswerReader() }: Recount,
): Promise<void> {
  const tagNames = [...new Set([...settings.segmentBy, ...settings.fairness.groupBy])];
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    // Two workers at the same hour: the later one must see all that the earlier one saw.
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`quality ${endpointId} ${hour}`}, 0))`);
    const counter = new AnswerCounter(settings.tolerance);
    const pages = readAnswers(ctx, { endpointId, hour, tagNames }, reader);
    for await (const page of pages) for (const answer of page) counter.add(answer);
    const counted = counter.hours();
    await ctx.db
      .delete(qualityHours)
      .where(
        and(
          eq(qualityHours.workspaceId, workspaceId),
          eq(qualityHours.endpointId, endpointId),
          eq(qualityHours.hour, new Date(hour)),
        ),
      );
    if (counted.length === 0) return;
    await ctx.db
      .insert(qualityHours)
      .values(counted.map((one) => ({ ...one, workspaceId, endpointId, hour: new Date(hour), countedAt: new Date() })));
  });
}
