import { and, eq, gte, like, lt, ne, or } from "drizzle-orm";
import { qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, weekMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { windowStart } from "../../drift/windows/due-windows.ts";
import { findMonitor } from "../../settings/queries.ts";
import { mergeCounts } from "../counts/merge-counts.ts";
import { isMatureAt, maturityFrom } from "../measures/maturity.ts";
import { readLabelLags } from "../read/label-lags.ts";
import { readingOf } from "../read/reading-of.ts";
import { type FairnessWeeks, GetFairnessWeeks } from "./contract.ts";
import { fairnessOf } from "./fairness-of.ts";

/**
 * Returns the gap between groups that should be treated equally, week by week, by the metric and limit of the endpoint's settings, each
 * week with its own interval. Only predictions with complete labels count.
 * @throws DomainError "not-found"
 */
export async function getFairnessWeeks(ctx: Context, input: GetFairnessWeeks): Promise<FairnessWeeks> {
  permit(ctx, "getQuality");
  const { endpointId, weeks, to } = GetFairnessWeeks.parse(input);
  await findEndpointById(ctx, endpointId);
  const now = Date.now();
  const { settings } = await findMonitor(ctx, endpointId);
  const { metric, maxDifference, groupBy } = settings.fairness;
  const last = windowStart("week", to?.getTime() ?? now);
  const from = last - (weeks - 1) * weekMs;
  const maturity = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  const rows = groupBy.length === 0 ? [] : await readGroups(ctx, { endpointId, groupBy, from, to: last + weekMs });
  const mature = rows.filter(({ hour }) => isMatureAt(maturity, hour.getTime() + hourMs, now));
  const versionId =
    (await currentDeployments(ctx, [endpointId])).get(endpointId)?.versionId ?? mature.at(-1)?.versionId;
  const counts = mergeCounts(mature.map((row) => row.counts));
  const reading = await readingOf(ctx, versionId, settings, counts);
  const byWeek = Map.groupBy(mature, ({ hour }) => windowStart("week", hour.getTime()));
  const evaluated = Array.from({ length: weeks }, (_, at) => from + at * weekMs).map((start) => {
    const parts = [...Map.groupBy(byWeek.get(start) ?? [], ({ segment }) => segment)].map(([segment, own]) => ({
      segment,
      counts: mergeCounts(own.map((row) => row.counts)),
    }));
    return { start, tags: fairnessOf({ settings, reading }, parts) };
  });
  const tags = reading.taskKind === "regression" ? [] : groupBy;
  return {
    metric: reading.taskKind === "binary" ? metric : "accuracy",
    maxDifference,
    tags: tags.map((tag, index) => ({
      groupBy: tag,
      weeks: evaluated.flatMap(({ start, tags }) => {
        const verdict = tags[index]?.verdict;
        if (!verdict) return [];
        const { difference, differenceInterval, pair, isUnfair, groups, small } = verdict;
        return [
          {
            start: new Date(start),
            difference,
            differenceInterval,
            pair,
            isUnfair,
            small: small.length,
            groups: groups.map(({ name, rows, value }) => ({ name, rows, value })),
          },
        ];
      }),
    })),
  };
}

interface Requested {
  endpointId: string;
  groupBy: readonly string[];
  from: number;
  to: number;
}

async function readGroups(ctx: Context, { endpointId, groupBy, from, to }: Requested) {
  const { segment, hour, versionId, counts } = qualityHours;
  const rows = await ctx.db
    .select({ segment, hour, versionId, counts })
    .from(qualityHours)
    .where(
      and(
        eq(qualityHours.workspaceId, ctx.actor.workspaceId),
        eq(qualityHours.endpointId, endpointId),
        ne(qualityHours.arm, "shadow"),
        or(...groupBy.map((tag) => like(segment, `${escaped(tag)}=%`))),
        gte(hour, new Date(from)),
        lt(hour, new Date(to)),
      ),
    )
    .orderBy(hour);
  return rows.map((row) => ({ ...row, counts: row.counts }));
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
