import type { Context } from "#server/context.ts";
import { dayMs, hourMs } from "#server/durations.ts";
import { settleFindings } from "../../findings/settle-findings.ts";
import { readFacts } from "../read/facts.ts";
import { partsOf, readParts } from "../read/parts.ts";
import { summaryOf } from "../read/summary.ts";
import { estimateFindings, fairnessFindings, realisedFindings } from "./quality-findings.ts";

/** Estimates are of a day, so that an hour with few answers does not decide. */
const estimatedMs = dayMs;
/** Labels are of the day that has just matured, groups of the thirty days before: small ones need time. */
const groupsMs = 30 * dayMs;

/**
 * Holds what labels and estimates say of the last day against what is promised, and groups against each other, and settles what is found.
 * For the worker. @param now milliseconds since 1970
 */
export async function watchQuality(ctx: Context, endpointId: string, now: number): Promise<void> {
  const recent = await readFacts(ctx, { endpointId, from: new Date(now - estimatedMs), to: new Date(now) }, now);
  const { horizonMs } = recent.maturity;
  const { isOn } = recent.settings;
  const summary = summaryOf(recent);
  const realised = horizonMs === null ? [] : realisedFindings(await justMatured(ctx, endpointId, horizonMs, now));
  const settle = (
    watcher: "quality" | "estimate" | "fairness",
    findings: Parameters<typeof settleFindings>[1]["findings"],
  ) => settleFindings(ctx, { endpointId, watcher, findings: isOn ? findings : [], now, ...(!isOn && { holdMs: 0 }) });
  const long = await readFacts(
    ctx,
    { endpointId, from: new Date(now - groupsMs - (horizonMs ?? 0)), to: new Date(now) },
    now,
  );
  const parts = partsOf(long, long.settings.fairness.groupBy.length > 0 ? await readParts(ctx, long) : []);
  await settle("quality", realised);
  await settle("estimate", estimateFindings(summary));
  await settle("fairness", fairnessFindings(parts));
}

/** The day of predictions whose labels have just become complete. */
async function justMatured(ctx: Context, endpointId: string, horizonMs: number, now: number) {
  const to = Math.floor((now - horizonMs) / hourMs) * hourMs;
  return summaryOf(await readFacts(ctx, { endpointId, from: new Date(to - dayMs), to: new Date(to) }, now));
}
