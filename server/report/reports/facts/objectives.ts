import { and, isNull, lt } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import type { BudgetReading, SloCondition } from "#server/watch/objectives/contract.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { activeAdjustments } from "#server/watch/slo/adjustments/adjustment-rows.ts";
import { budgetCondition } from "#server/watch/slo/condition/contract.ts";
import { countParts } from "#server/watch/slo/counting/count-parts.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { combine } from "#server/watch/slo/engine/combine.ts";
import { knownUntil, minuteOf, sloEvents } from "#server/watch/slo/engine/events.ts";
import { periodAt } from "#server/watch/slo/engine/periods.ts";
import { budgetOf } from "#server/watch/slo/engine/read-budget.ts";
import { remainingAt } from "#server/watch/slo/engine/remaining.ts";
import { conditionOf } from "#server/watch/slo/objectives/load-slo.ts";
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
  /** Condition of the budget at the end. */
  condition: SloCondition;
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
  /** How it is shown: as in the list of SLOs while the period lasts, else the condition of its budget. */
  standing: SloCondition;
  before: Ended;
}

/** SLOs read at once. */
const atOnce = 4;

const none: Ended = { remaining: null, condition: budgetCondition(null, 0), ratio: null, total: 0 };

/** Reads every SLO that was created before the end of the period, with its state at that end. The caller has checked permissions. */
export async function readObjectives(ctx: Context, span: ReadSpan): Promise<ReadObjective[]> {
  const found = await selectSlos(ctx, and(isNull(slos.archivedAt), lt(slos.createdAt, new Date(span.to))));
  const counted = found.filter(({ definition }) => definition.indicator?.kind !== "foreign");
  const read: ReadObjective[] = [];
  // A few at a time: an SLO of a quarter is hundreds of thousands of minutes.
  for (let first = 0; first < counted.length; first += atOnce) {
    const reads = counted.slice(first, first + atOnce).map((slo) => () => readObjective(ctx, slo, span));
    const chunk = await sideBySide<Omit<ReadObjective, "standing">[]>(ctx, reads);
    read.push(...chunk.map((one) => asListed(one, span)));
  }
  return read;
}

/** While the period lasts, an SLO stands as in the list of SLOs and in the API: by its last evaluation. */
function asListed(read: Omit<ReadObjective, "standing">, { until, now }: ReadSpan): ReadObjective {
  const { slo, condition } = read;
  const budget = slo.state?.budget;
  if (until < now || !budget) return { ...read, standing: condition };
  return {
    ...read,
    remaining: budget.remaining,
    condition: budgetCondition(budget, now),
    standing: conditionOf(slo, now),
  };
}

/** Returns the condition of a budget at the end of a period, when nothing is exhausted in the future any more. */
function conditionAt(budget: BudgetReading, at: number): SloCondition {
  return budgetCondition({ ...budget, exhaustedAt: null }, at);
}

async function readObjective(ctx: Context, slo: StoredSlo, span: ReadSpan): Promise<Omit<ReadObjective, "standing">> {
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
    const moment = lastMoment(slo, at);
    const budget = budgetOf(events, definition, moment);
    const { remaining } = remainingAt(events, definition.period, moment);
    return {
      remaining,
      condition: conditionAt({ ...budget, remaining }, moment),
      total,
      ratio: total > 0 ? (total - bad) / total : null,
    };
  };
  return { ...known, ...ended(span.from, span.until), before: ended(span.previous, span.from) };
}

/** Reads a composite, which has no requests of its own: its ratio is that of its window. */
async function readComposite(ctx: Context, slo: StoredSlo, span: ReadSpan): Promise<Ended & { before: Ended }> {
  try {
    const parts = await countParts(ctx, slo, { from: startOf(slo, span.previous), to: span.until });
    const ended = (at: number): Ended => {
      const { budget } = combine(slo.definition, parts, lastMoment(slo, at));
      const { remaining, ratio, total } = budget;
      return { remaining, condition: conditionAt(budget, at), ratio, total };
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

/** Returns the state of a budget at the end, which says whether the objective was met. */
export function stateOf({ condition }: Pick<Ended, "condition">): ReportState {
  return reportState(condition);
}

/** Converts the condition of an SLO to the four states of reports. */
export function reportState({ state }: SloCondition): ReportState {
  return state === "paused" ? "no-data" : state;
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
