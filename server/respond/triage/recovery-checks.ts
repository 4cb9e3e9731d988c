import { z } from "zod";
import { minuteMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, formatSignificant, percent } from "#server/base/format-number.ts";
import { calmMs } from "#server/respond/incidents/stages/constants.ts";
import type { StageView } from "#server/respond/incidents/stages/contract.ts";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import type { TriageNumbers } from "./numbers/contract.ts";

/** What must hold for an incident to be over, and whether it does. */
export const RecoveryCheck = z.object({
  /** "Burn rate, 14 min". */
  name: z.string(),
  /** Its value now: "0.2×"; null if unknown. */
  value: z.string().nullable(),
  /** "below 1× for 10 min". */
  goal: z.string(),
  state: z.enum(["holds", "waiting", "broken"]),
  /** Since when it holds, in milliseconds since 1970; null while it does not, or as long as is known. */
  since: z.number().nullable(),
  /** "6 of 10 min"; empty where it needs no time. */
  progress: z.string(),
});
export type RecoveryCheck = z.infer<typeof RecoveryCheck>;

/** Times are milliseconds since 1970. */
export interface RecoveryFacts {
  stage: StageView | null;
  numbers: Pick<TriageNumbers, "noun" | "minutes" | "allowed" | "versions"> | null;
  tiers: readonly TierReading[];
  /** Alerts that fire. */
  firing: number;
  /** Version that the endpoint was rolled back from since the start. */
  left: { id: string; version: number } | undefined;
  now: number;
}

/** Lists what must hold for an incident to be over, in the order in which it comes true; empty unless recovery is watched. */
export function recoveryChecks(facts: RecoveryFacts): RecoveryCheck[] {
  const { stage } = facts;
  if (!stage || stage.stage === "act") return [];
  return [shareCheck(facts), ...calmCheck(facts, stage), ...windowChecks(facts), leftCheck(facts)].flatMap(
    (check) => check ?? [],
  );
}

/** The share of bad events in the newest complete minute with traffic, and since when it is within the target. */
function shareCheck({ numbers, now }: RecoveryFacts): RecoveryCheck | undefined {
  if (!numbers || numbers.allowed === null) return undefined;
  const { allowed, noun } = numbers;
  const minutes = numbers.minutes.filter(({ at }) => at + minuteMs <= now);
  const last = minutes.at(-1);
  if (!last) return undefined;
  const isOver = ({ bad, total }: { bad: number; total: number }) => bad / total > allowed;
  const over = minutes.findLast(isOver);
  return {
    name: `Requests ${noun}`,
    value: percent(last.bad / last.total),
    goal: `at most ${percent(allowed)}`,
    state: isOver(last) ? "broken" : "holds",
    since: over && !isOver(last) ? over.at + minuteMs : null,
    progress: over ? "" : "never above",
  };
}

/** The burn rate in the short window; without one, whether nothing fires. It decides when the incident may be resolved. */
function calmCheck({ firing, now }: RecoveryFacts, stage: StageView): RecoveryCheck[] {
  const { burn, calmAt } = stage;
  const isOver = stage.stage === "resolve";
  const since = isOver ? stage.since - calmMs : calmAt === null ? null : calmAt - calmMs;
  const done = since === null ? 0 : Math.min(calmMs, now - since);
  const needed = formatDuration(calmMs);
  const base = {
    state: isOver ? ("holds" as const) : since === null ? ("broken" as const) : ("waiting" as const),
    since,
    progress: isOver || since === null ? "" : `${Math.floor(done / minuteMs)} of ${needed}`,
  };
  if (burn === null)
    return [{ ...base, name: "Firing alerts", value: formatCount(firing), goal: `none for ${needed}` }];
  const value = `${formatSignificant(burn, 2)}×`;
  return [{ ...base, name: "Burn rate, short window", value, goal: `below 1× for ${needed}` }];
}

/** The long windows of pages: these end later than the outage, because it is still a part of them. */
function windowChecks({ tiers }: RecoveryFacts): RecoveryCheck[] {
  return tiers
    .filter(({ tier, long }) => tier.severity === "page" && long !== null)
    .map(({ tier, long, factor, isFiring }) => ({
      name: `Burn rate, ${formatDuration(tier.longMinutes * minuteMs)}`,
      value: `${formatSignificant(long ?? 0, 2)}×`,
      goal: `below ${formatSignificant(factor, 2)}×`,
      state: (long ?? 0) <= factor ? "holds" : isFiring ? "broken" : "waiting",
      since: null,
      progress: isFiring ? "page is firing" : "",
    }));
}

/** The traffic of the version that was left. */
function leftCheck({ left, numbers, now }: RecoveryFacts): RecoveryCheck | undefined {
  const newest = numbers?.minutes.filter(({ at }) => at + minuteMs <= now).at(-1);
  if (!left || !numbers || !newest || numbers.versions.length === 0) return undefined;
  const own = numbers.versions.find(({ id }) => id === left.id)?.minutes ?? [];
  const last = own.at(-1);
  const share = (own.find(({ at }) => at === newest.at)?.total ?? 0) / newest.total;
  return {
    name: `Traffic on v${left.version}`,
    value: percent(Math.min(1, share)),
    goal: percent(0),
    state: share > 0 ? "broken" : "holds",
    since: share > 0 || !last ? null : last.at + minuteMs,
    progress: "",
  };
}
