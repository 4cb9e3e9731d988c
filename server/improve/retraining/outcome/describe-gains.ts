import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import type { RetrainingTrigger } from "../contract.ts";
import type { GainsPart, PolicyGains, RetrainingOutcome, TriggerKind } from "./contract.ts";
import { formatDifference, nounOf, unitOf } from "./describe-outcome.ts";

/** Cycles of a trigger from which on its rate of adoptions says something. */
const minCycles = 4;
/** A trigger of which fewer candidates are adopted starts trainings in vain. */
const poorShare = 1 / 3;

const subjects: Record<TriggerKind, string> = {
  drift: "Drift",
  quality: "Quality",
  slo: "The error budget",
  labels: "New labels",
  dataset: "New dataset versions",
  schedule: "The schedule",
  person: "People",
};

type Sums = Omit<PolicyGains, "words">;
type Part = Sums["byTrigger"][number];

/**
 * Says what the cycles of a policy came to. Where a trigger has started trainings mostly in vain, it says so of that trigger, and which condition did
 * better or would say more.
 * @param triggers of the policy as it is now @param helped the newest outcome that helped: what its champion had is worth a training
 */
export function describeGains(
  gains: Sums,
  triggers: readonly RetrainingTrigger[],
  helped: RetrainingOutcome | null,
): string {
  if (gains.cycles === 0) return "No cycle has ended yet.";
  const poor = findPoor(gains.byTrigger);
  if (!poor) return describePart("The policy", gains, gains.metric);
  const advice = adviseOn(poor, gains.byTrigger, triggers, helped);
  return `${describePart(subjects[poor.trigger], poor, gains.metric)}${advice === null ? "" : ` ${advice}`}`;
}

/** The trigger with the smallest share of adopted candidates, if that is poor; people know why they ask. */
function findPoor(parts: readonly Part[]): Part | undefined {
  return parts
    .filter((part) => part.trigger !== "person" && part.cycles >= minCycles && shareOf(part) < poorShare)
    .toSorted((a, b) => shareOf(a) - shareOf(b) || b.cycles - a.cycles)[0];
}

const shareOf = ({ adopted, cycles }: GainsPart) => adopted / cycles;

function describePart(
  subject: string,
  { cycles, adopted, gained, cost, currency }: GainsPart,
  metric: QualityMetric | null,
) {
  const started = `${subject} started ${formatCount(cycles)} ${cycles === 1 ? "training" : "trainings"}`;
  const verb = adopted === 1 ? "was" : "were";
  const result =
    adopted === 0 ? "none was adopted" : `${formatCount(adopted)} ${verb} adopted${gainedBy(gained, metric)}`;
  return `${started}, ${result}${cost === null ? "" : `; ${formatMoney(cost, currency)}`}.`;
}

function gainedBy(gained: GainsPart["gained"], metric: QualityMetric | null): string {
  if (!gained || !metric) return "";
  const size = `${formatDifference(metric, Math.abs(gained.sum))}${unitOf(metric)} of ${nounOf(metric)}`;
  return ` and ${gained.sum < 0 ? "lost" : "gained"} ${size}`;
}

function adviseOn(
  poor: Part,
  parts: readonly Part[],
  triggers: readonly RetrainingTrigger[],
  helped: RetrainingOutcome | null,
): string | null {
  const isInUse = (kind: TriggerKind) => triggers.some((trigger) => trigger.kind === kind);
  const better = parts
    .filter(({ trigger, adopted }) => trigger !== poor.trigger && adopted > 0 && isInUse(trigger))
    .filter((part) => shareOf(part) > shareOf(poor) && shareOf(part) >= poorShare)
    .toSorted((a, b) => shareOf(b) - shareOf(a))[0];
  if (better) {
    const rate = `${formatCount(better.adopted)} of ${formatCount(better.cycles)} adopted`;
    return `${subjects[better.trigger]} did better: ${rate}. Wait for ${better.trigger === "quality" ? limitOf(triggers) : "it"} too, or remove the other.`;
  }
  if (isInUse("quality")) return null;
  const limit = proposedLimit(helped);
  return limit === null ? "Add a limit of quality to the conditions." : `Add '${limit}' to the conditions.`;
}

/** The policy's own limit of quality: "'accuracy below 0.91'". */
function limitOf(triggers: readonly RetrainingTrigger[]): string {
  const trigger = triggers.find(({ kind }) => kind === "quality");
  return trigger?.kind === "quality" ? `'${trigger.metric} below ${formatSignificant(trigger.below, 4)}'` : "it";
}

/** Where a candidate last helped, its champion had fallen so far. A metric of which less is better has no limit from below. */
function proposedLimit(helped: RetrainingOutcome | null): string | null {
  if (!helped?.metric || helped.champion === null || !metricFacts[helped.metric].isHigherBetter) return null;
  return `${nounOf(helped.metric)} below ${formatSignificant(helped.champion, 2)}`;
}
