import { and, asc, eq, gte, lt, ne } from "drizzle-orm";
import { qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { CountedHour, QualityCounts } from "../counts/contract.ts";

/** An hour as it was counted. */
export interface StoredHour extends CountedHour {
  /** Start, in milliseconds since 1970. */
  at: number;
}

interface Asked {
  endpointId: string;
  versionId?: string | undefined;
  /** "" for all rows. */
  segment: string;
  from: Date;
  to: Date;
}

/** Counted hours of what clients were answered, in time order; whole hours that begin in the span. For who was let in already. */
export async function readHours(ctx: Context, asked: Asked): Promise<StoredHour[]> {
  const { endpointId, versionId, segment, from, to } = asked;
  const rows = await ctx.db
    .select()
    .from(qualityHours)
    .where(
      and(
        eq(qualityHours.workspaceId, ctx.actor.workspaceId),
        eq(qualityHours.endpointId, endpointId),
        eq(qualityHours.segment, segment),
        ne(qualityHours.arm, "shadow"),
        gte(qualityHours.hour, from),
        lt(qualityHours.hour, to),
        versionId === undefined ? undefined : eq(qualityHours.versionId, versionId),
      ),
    )
    .orderBy(asc(qualityHours.hour));
  return rows.map(({ hour, counts, versionId, arm, segment, predictions, labelled, revision }) => {
    return {
      ...{ versionId, arm, segment, predictions, labelled, revision },
      at: hour.getTime(),
      counts: counts as QualityCounts,
    };
  });
}
