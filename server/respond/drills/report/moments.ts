import { limits } from "../contract.ts";
import type { Act, FiredAlert, GameDayFacts, SentNotification } from "./facts.ts";
import { type Detection, firstSteady, firstWorse, type ObservedObjective, wasSteadyAt } from "./observe.ts";

/** What happened in a game day, and when; times in milliseconds since 1970. */
export interface GameDayMoments {
  /** Objectives that show the fault: those that were not worse than their target before it. */
  steady: readonly ObservedObjective[];
  detection: Detection | null;
  /** When an SLI was worse than its target, or a rule fired. */
  detectedAt: number | null;
  /** When the SLIs were within their targets again although the fault went on. */
  recoveredAt: number | null;
  fired: FiredAlert | null;
  /** The first page that was delivered. */
  notification: (SentNotification & { at: number }) | null;
  acknowledgement: Act | null;
  action: Act | null;
  /** When five minutes after the end were within all targets. */
  steadyAgainAt: number | null;
}

/** Faults that happen once: what comes after them is recovery, even after the end of the game day. */
const onceFaults = ["model-worker-lost", "cold-model", "gateway-lost", "worker-lost", "job-preempted"];

/** Finds the moments of a game day in its facts. */
export function momentsOf(facts: GameDayFacts): GameDayMoments {
  const { startedAt, endedAt, now, objectives, fired, sent, acknowledgements, actions } = facts;
  const steady = objectives.filter((objective) => wasSteadyAt(objective, startedAt));
  const detection = firstWorse(steady, { from: startedAt, to: endedAt ?? now });
  const delivered = sent.flatMap(({ at, ...each }) =>
    at !== null && each.state === "delivered" && each.severity === "page" ? [{ ...each, at }] : [],
  );
  return {
    steady,
    detection,
    detectedAt: detectedAt(detection, fired[0]),
    recoveredAt: recoveredAt(facts, steady, detection),
    fired: fired[0] ?? null,
    notification: delivered.toSorted((one, other) => one.at - other.at)[0] ?? null,
    acknowledgement: acknowledgements[0] ?? null,
    action: actions[0] ?? null,
    steadyAgainAt: endedAt === null ? null : (firstSteady(steady, { from: endedAt, to: now })?.to ?? null),
  };
}

/** The first of both: a rule may fire in the minute in progress, before the minute that shows the fault is complete. */
function detectedAt(detection: Detection | null, first: FiredAlert | undefined): number | null {
  const found = [detection, first].flatMap((each) => (each ? [each.at] : []));
  return found.length === 0 ? null : Math.min(...found);
}

function recoveredAt(
  { fault, job, startedAt, endedAt, now }: GameDayFacts,
  steady: readonly ObservedObjective[],
  detection: Detection | null,
): number | null {
  if (job) return job.resumedSeconds === null ? null : startedAt + job.resumedSeconds * 1000;
  if (!detection) return null;
  const to = onceFaults.includes(fault.kind) ? now : Math.min(now, endedAt ?? now);
  return firstSteady(steady, { from: detection.at, to })?.from ?? null;
}

/** Whether the time is over in which something may still happen. */
export function isOver({ endedAt, now }: Pick<GameDayFacts, "endedAt" | "now">): boolean {
  return endedAt !== null && now >= endedAt + limits.reportSeconds * 1000;
}

/** Whether nothing recovers any more: a fault that goes on until its end is over. */
export function endsRecovery({ fault, endedAt }: Pick<GameDayFacts, "fault" | "endedAt">): boolean {
  return endedAt !== null && !onceFaults.includes(fault.kind);
}
