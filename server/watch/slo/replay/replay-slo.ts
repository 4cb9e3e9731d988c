import { and, eq } from "drizzle-orm";
import { sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { findSlo, type StoredSlo } from "../../objectives/stored-slos.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import { countParts } from "../counting/count-parts.ts";
import { countSlo } from "../counting/count-slo.ts";
import { knownUntil } from "../engine/events.ts";
import { replayComposite } from "../engine/replay-composite.ts";
import { replayRules } from "../engine/replay-rules.ts";
import { ruleWarnings } from "../engine/rule-warnings.ts";
import { compositeLabels } from "../indicators/composite-labels.ts";
import { describeIndicator } from "../indicators/describe-indicator.ts";
import { seriesKey } from "../indicators/series-key.ts";
import { completeDefinition } from "../objectives/complete-definition.ts";
import { knownIncidents } from "../spending/known-incidents.ts";
import { sumOf } from "../spending/sum-of.ts";
import { type Replay, ReplaySlo } from "./contract.ts";

/**
 * Replays rules over the last days, minute by minute (docs/spec/slo.md section 8): of an unsaved definition, of a saved one, or of the
 * former in place of the latter. Nothing is saved.
 * @throws DomainError "invalid" with the field; "not-found"
 */
export async function replaySlo(ctx: Context, input: ReplaySlo): Promise<Replay> {
  permit(ctx, "replaySlo");
  const { slo, definition: draft, days, quietMinutes } = ReplaySlo.parse(input);
  const saved = slo === undefined ? undefined : await findSlo(ctx, slo);
  const completed = draft && (await completeDefinition(ctx, saved?.name ?? "unsaved", draft));
  const subject = {
    id: saved?.id,
    definition: completed?.definition ?? (saved as StoredSlo).definition,
    endpointId: completed ? completed.endpointId : (saved?.endpointId ?? null),
  };
  const options = { days, quietMinutes, now: Date.now() };
  const { report, perHour } = await replayed(ctx, subject, options);
  const replaced = saved && completed ? (await replayed(ctx, saved, options)).report : null;
  const { definition } = subject;
  return {
    report,
    replaced,
    definition,
    perHour,
    warnings: ruleWarnings(definition, { perHour }),
    indicatorWords: definition.indicator
      ? describeIndicator(definition.indicator)
      : compositeLabels[definition.composite?.mode ?? "worst"],
  };
}

interface Subject {
  id?: string | undefined;
  definition: SloDefinition;
  endpointId: string | null;
}

interface EvaluatedSpan {
  days: number;
  quietMinutes: number;
  now: number;
}

type Found = Promise<{ report: ReplayReport; perHour: number }>;

async function replayed(ctx: Context, subject: Subject, options: EvaluatedSpan): Found {
  const { id, definition, endpointId } = subject;
  if (!definition.indicator) return replayedParts(ctx, subject, options);
  const { days, quietMinutes, now } = options;
  const seriesId = await findSeries(ctx, definition.indicator);
  const span = { from: knownUntil(definition, now) - days * dayMs, to: now };
  const { isApproximate, ...counts } = await countSlo(ctx, { seriesId, definition }, span);
  const report = replayRules({
    counts,
    definition,
    now,
    quietMinutes,
    isApproximate,
    adjustments: id === undefined ? [] : await activeAdjustments(ctx, id),
    incidents: await incidentsOf(ctx, [{ id, endpointId }], span),
  });
  return { report, perHour: sumOf(counts, span).total / (days * 24) };
}

/** Replays a composite by the minutes of its components; an incident of any component explains its pages. */
async function replayedParts(
  ctx: Context,
  { id, definition }: Subject,
  { days, quietMinutes, now }: EvaluatedSpan,
): Found {
  const span = { from: Math.floor(now / minuteMs) * minuteMs - days * dayMs, to: now };
  const parts = await countParts(ctx, { definition }, span);
  const about = parts.map(({ sloId, endpointId }) => ({ id: sloId, endpointId }));
  const report = replayComposite({
    definition,
    parts,
    from: span.from,
    now,
    quietMinutes,
    isApproximate: parts.some(({ isApproximate }) => isApproximate),
    incidents: await incidentsOf(ctx, [{ id, endpointId: null }, ...about], span),
  });
  const total = parts.reduce((sum, { counts }) => sum + sumOf(counts, span).total, 0);
  return { report, perHour: total / (days * 24) };
}

/** Returns each incident once, even if it is linked in several ways. */
async function incidentsOf(ctx: Context, subjects: readonly Pick<Subject, "id" | "endpointId">[], span: Span) {
  const found = new Map<string, { from: number; to: number | null }>();
  for (const { id = noSlo, endpointId } of subjects)
    for (const { id: incidentId, from, to } of await knownIncidents(ctx, { id, endpointId }, span))
      found.set(incidentId, { from: from.getTime(), to: to?.getTime() ?? null });
  return [...found.values()].sort((one, other) => one.from - other.from);
}

/** No incident is linked with what is not saved. */
const noSlo = "00000000-0000-0000-0000-000000000000";

/** Finds the existing series of the same indicator, counted for other SLOs. */
async function findSeries(ctx: Context, indicator: Indicator): Promise<string | null> {
  const key = seriesKey(indicator);
  if (key === null) return null;
  const where = and(eq(sliSeries.workspaceId, ctx.actor.workspaceId), eq(sliSeries.key, key));
  const [series] = await ctx.db.select({ id: sliSeries.id }).from(sliSeries).where(where);
  return series?.id ?? null;
}
