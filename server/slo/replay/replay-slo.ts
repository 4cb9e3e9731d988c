import { and, eq } from "drizzle-orm";
import { sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import type { ReplayReport, SloDefinition } from "../contract.ts";
import { countSlo } from "../counting/count-slo.ts";
import { knownUntil } from "../engine/events.ts";
import { replayRules } from "../engine/replay-rules.ts";
import { ruleWarnings } from "../engine/rule-warnings.ts";
import type { Indicator } from "../indicators/contract.ts";
import { indicatorWords } from "../indicators/indicator-words.ts";
import { seriesKey } from "../indicators/series-key.ts";
import { completeDefinition } from "../objectives/complete-definition.ts";
import { findSlo, type StoredSlo } from "../objectives/slo-rows.ts";
import { knownIncidents } from "../spending/known-incidents.ts";
import { sumOf } from "../spending/sum-of.ts";
import { type Replay, ReplaySlo } from "./contract.ts";

/**
 * What rules would have done over the last days, minute by minute (slo.md section 8): of a definition that is not saved, of a saved one,
 * or of the first in the place of the second. Nothing is saved.
 * @throws DomainError "invalid" with the field, also for a composite, whose parts are replayed; "not-found"
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
    ...{ report, replaced, definition, perHour },
    warnings: ruleWarnings(definition, { perHour }),
    indicatorWords: indicatorWords(indicatorOf(definition)),
  };
}

interface Subject {
  id?: string | undefined;
  definition: SloDefinition;
  endpointId: string | null;
}

async function replayed(
  ctx: Context,
  { id, definition, endpointId }: Subject,
  { days, quietMinutes, now }: { days: number; quietMinutes: number; now: number },
): Promise<{ report: ReplayReport; perHour: number }> {
  const seriesId = await findSeries(ctx, indicatorOf(definition));
  const span = { from: knownUntil(definition, now) - days * dayMs, to: now };
  const { isApproximate, ...counts } = await countSlo(ctx, { seriesId, definition }, span);
  const incidents = await knownIncidents(ctx, { id: id ?? noSlo, endpointId }, span);
  const report = replayRules({
    ...{ counts, definition, now, quietMinutes, isApproximate },
    adjustments: id === undefined ? [] : await activeAdjustments(ctx, id),
    incidents: incidents.map(({ from, to }) => ({ from: from.getTime(), to: to?.getTime() ?? null })),
  });
  return { report, perHour: sumOf(counts, span).total / (days * 24) };
}

/** No incident is linked with what is not saved. */
const noSlo = "00000000-0000-0000-0000-000000000000";

function indicatorOf({ indicator }: SloDefinition): Indicator {
  if (indicator) return indicator;
  const message = "A composite is replayed by its parts: choose one of them.";
  throw new DomainError("invalid", message, { field: "definition.composite" });
}

/** What other SLOs have counted of the same indicator already. */
async function findSeries(ctx: Context, indicator: Indicator): Promise<string | null> {
  const key = seriesKey(indicator);
  if (key === null) return null;
  const where = and(eq(sliSeries.workspaceId, ctx.actor.workspaceId), eq(sliSeries.key, key));
  const [series] = await ctx.db.select({ id: sliSeries.id }).from(sliSeries).where(where);
  return series?.id ?? null;
}
