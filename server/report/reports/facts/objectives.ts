import { and, isNull, lt } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { activeAdjustments } from "#server/watch/slo/adjustments/adjustment-rows.ts";
import { countParts } from "#server/watch/slo/counting/count-parts.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { combine } from "#server/watch/slo/engine/combine.ts";
import { knownUntil, minuteOf, sloEvents } from "#server/watch/slo/engine/events.ts";
import { periodAt } from "#server/watch/slo/engine/periods.ts";
import { remainingAt } from "#server/watch/slo/engine/remaining.ts";
import type { ReportState } from "../contract.ts";

/** A period as it is read: up to `until`, which is its end or now. Milliseconds since 1970. */
export interface ReadSpan {
  from: number;
  to: number;
  until: number;
  /** Start of the period before. */
  previous: number;
  now: number;
  /** Time zone that determines the start of days, weeks and months. */
  timeZone: string;
}

/** Result of an SLO in a period. */
export interface Ended {
  /** Share of its budget that is left at the end; null without data. */
  remaining: number | null;
  /** Good of total in the period itself, by the method of the SLO; null without any. */
  ratio: number | null;
  total: number;
}

export interface ReadObjective extends Ended {
  slo: StoredSlo;
  /** Endpoint, or the service of one without. */
  model: string;
  /** Up to when it is known. */
  knownUntil: number;
  before: Ended;
}

const none: Ended = { remaining: null, ratio: null, total: 0 };

/** Reads every SLO that was created before the end of the period, with its state at that end. The caller has checked permissions. */
export async function readObjectives(ctx: Context, span: ReadSpan): Promise<ReadObjective[]> {
  const found = await selectSlos(ctx, and(isNull(slos.archivedAt), lt(slos.createdAt, new Date(span.to))));
  const read: ReadObjective[] = [];
  // One by one: an SLO of a quarter is hundreds of thousands of minutes.
  for (const slo of found)
    if (slo.definition.indicator?.kind !== "foreign") read.push(await readObjective(ctx, slo, span));
  return read;
}

async function readObjective(ctx: Context, slo: StoredSlo, span: ReadSpan): Promise<ReadObjective> {
  const { definition } = slo;
  const known = {
    slo,
    model: slo.endpoint ?? definition.service,
    knownUntil: Math.min(span.until, knownUntil(definition, span.now)),
  };
  if (definition.composite) return { ...known, ...(await readComposite(ctx, slo, span)) };
  const earliest = Math.min(span.previous, startOf(slo, span.previous + 1));
  const counts = await countSlo(ctx, slo, { from: earliest, to: span.until });
  const events = sloEvents({ counts, definition, adjustments: await activeAdjustments(ctx, slo.id) });
  const ended = (from: number, to: number): Ended => {
    // Labels of the last days are pending: the report covers complete data only.
    const at = Math.min(to, knownUntil(definition, span.now));
    if (at <= from) return none;
    const { bad, total } = countBetween(events.sums, minuteOf(events, from), minuteOf(events, at));
    const { remaining } = remainingAt(events, definition.period, lastMoment(slo, at));
    return { remaining, total, ratio: total > 0 ? (total - bad) / total : null };
  };
  return { ...known, ...ended(span.from, span.until), before: ended(span.previous, span.from) };
}

/** Reads a composite, which has no requests of its own: its ratio is that of its window. */
async function readComposite(ctx: Context, slo: StoredSlo, span: ReadSpan): Promise<Ended & { before: Ended }> {
  try {
    const parts = await countParts(ctx, slo, { from: startOf(slo, span.previous), to: span.until });
    const ended = (at: number): Ended => {
      const { remaining, ratio, total } = combine(slo.definition, parts, lastMoment(slo, at)).budget;
      return { remaining, ratio, total };
    };
    return { ...ended(span.until), before: ended(span.from) };
  } catch (error) {
    // Its components no longer fit together, which its page reports.
    if (error instanceof DomainError) return { ...none, before: none };
    throw error;
  }
}

function startOf({ definition }: StoredSlo, at: number): number {
  return periodAt(definition.period, at).start;
}

/** Returns the moment at which a period's end is evaluated: for calendar periods its last minute, not the first of the next one. */
function lastMoment({ definition }: StoredSlo, at: number): number {
  return definition.period.kind === "calendar" ? at - 1 : at;
}

/** Converts the bands of docs/spec/slo.md section 7 to the four states of reports. */
export function stateOf({ remaining }: Pick<Ended, "remaining">): ReportState {
  if (remaining === null) return "no-data";
  if (remaining <= 0) return "missed";
  return remaining <= 0.25 ? "watch" : "on-target";
}

const badness: Record<ReportState, number> = { missed: 0, watch: 1, "on-target": 2, "no-data": 3 };

/** Sorts worst first; unknown ones last. */
export function byState(one: ReportState, other: ReportState): number {
  return badness[one] - badness[other];
}

/** Compares by remaining budget, least first; unknown budgets come last. */
export function ascending(one: Ended, other: Ended): number {
  return (one.remaining ?? Number.POSITIVE_INFINITY) - (other.remaining ?? Number.POSITIVE_INFINITY);
}

/** Returns the worst of several states: missed takes precedence, and no data applies only if nothing is known. */
export function worstOf(states: readonly ReportState[]): ReportState {
  return states.toSorted(byState)[0] ?? "no-data";
}
