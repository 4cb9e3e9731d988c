import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { NewFinding } from "../../findings/contract.ts";
import { settleFindings } from "../../findings/settle-findings.ts";
import { isByMinutes } from "../counts/minutes.ts";
import { type QualityFacts, readFacts } from "../read/facts.ts";
import { partsOf, readParts } from "../read/parts.ts";
import { summaryOf } from "../read/summary.ts";
import { type EvaluationWindow, evaluationWindows } from "./evaluation-windows.ts";
import { type Evaluated, estimateFindings, fairnessFindings, realisedFindings } from "./quality-findings.ts";

/** Gateways tell of a minute soon after it. */
const graceMs = 75_000;
/** Groups are of thirty days that have matured: small ones need time. */
const groupsMs = 30 * dayMs;

/**
 * Holds what labels and estimates say of the last windows and the last day against what is promised, and settles what is found. For the worker.
 * @param now milliseconds since 1970
 */
export async function watchQuality(
  ctx: Context,
  endpointId: string,
  now: number,
  afterChange: AfterChange,
): Promise<void> {
  const facts = await readRecent(ctx, endpointId, now);
  const { settings, maturity } = facts;
  const { coverage } = summaryOf(facts);
  const evaluate = (edge: number, findingsOf: (evaluated: Evaluated) => NewFinding[]) =>
    firstFound(evaluationWindows(edge, settings), async ({ from, to, ...evaluation }) => {
      const span = { endpointId, from: new Date(from), to: new Date(to) };
      return findingsOf({ ...summaryOf(await readFacts(ctx, span, now)), coverage, ...evaluation });
    });
  const { horizonMs } = maturity;
  const realised = horizonMs === null ? [] : await evaluate(now - horizonMs, realisedFindings);
  await settle(ctx, { facts, watcher: "quality", findings: realised, afterChange });
  const estimated = await evaluate(now - graceMs, estimateFindings);
  await settle(ctx, { facts, watcher: "estimate", findings: estimated, afterChange });
}

/** Holds groups that should be treated alike against each other, and settles what is found. For the worker. @param now milliseconds since 1970 */
export async function watchFairness(
  ctx: Context,
  endpointId: string,
  now: number,
  afterChange: AfterChange,
): Promise<void> {
  const recent = await readRecent(ctx, endpointId, now);
  const from = new Date(now - groupsMs - (recent.maturity.horizonMs ?? 0));
  const facts = await readFacts(ctx, { endpointId, from, to: new Date(now) }, now);
  const parts = partsOf(facts, facts.settings.fairness.groupBy.length > 0 ? await readParts(ctx, facts) : []);
  await settle(ctx, { facts, watcher: "fairness", findings: fairnessFindings(parts), afterChange });
}

/** Reads the last day, or half a day with five-minute windows, so that intervals are compared with labels window by window. */
async function readRecent(ctx: Context, endpointId: string, now: number): Promise<QualityFacts> {
  const day = await readFacts(ctx, { endpointId, from: new Date(now - dayMs), to: new Date(now) }, now);
  if (!isByMinutes(day.settings)) return day;
  return readFacts(ctx, { endpointId, from: new Date(now - dayMs / 2), to: new Date(now) }, now);
}

/** Returns the findings of the shortest range with any: it best describes the current state. */
async function firstFound(
  evaluations: readonly EvaluationWindow[],
  find: (evaluation: EvaluationWindow) => Promise<NewFinding[]>,
): Promise<NewFinding[]> {
  for (const evaluation of evaluations) {
    const findings = await find(evaluation);
    if (findings.length > 0) return findings;
  }
  return [];
}

interface Settled {
  facts: QualityFacts;
  watcher: "quality" | "estimate" | "fairness";
  findings: NewFinding[];
  afterChange: AfterChange;
}

async function settle(ctx: Context, { facts, watcher, findings, afterChange }: Settled): Promise<void> {
  const { endpointId, now } = facts;
  const { isOn } = facts.settings;
  const settled = { endpointId, watcher, now, findings: isOn ? findings : [], ...(!isOn && { holdMs: 0 }) };
  await settleFindings(ctx, settled, afterChange);
}
