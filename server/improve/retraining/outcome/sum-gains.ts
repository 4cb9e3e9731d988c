import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import {
  type GainsPart,
  type PolicyGains,
  type RetrainingOutcome,
  type TriggerKind,
  triggerKinds,
} from "./contract.ts";

/** An ended cycle, as its gains need it. */
export interface EndedCycle {
  trigger: TriggerKind;
  isAdopted: boolean;
  outcome: RetrainingOutcome | null;
  /** Null where it submitted no job. */
  job: { cost: number | null; currency: string | null } | null;
}

/** Adds up what cycles of a policy came to, in all and by what they started from. @param cycles newest first */
export function sumGains(cycles: readonly EndedCycle[]): Omit<PolicyGains, "words"> {
  const metric = cycles.find(({ outcome }) => outcome?.difference != null)?.outcome?.metric ?? null;
  const all = sumPart(cycles, metric);
  const byTrigger = triggerKinds.flatMap((trigger) => {
    const own = cycles.filter((cycle) => cycle.trigger === trigger);
    return own.length === 0 ? [] : [{ trigger, ...sumPart(own, metric) }];
  });
  const points = metric && all.gained ? all.gained.sum * (metricFacts[metric].isShare ? 100 : 1) : 0;
  return { ...all, metric, costPerPoint: points > 0 && all.cost !== null ? all.cost / points : null, byTrigger };
}

function sumPart(cycles: readonly EndedCycle[], metric: PolicyGains["metric"]): GainsPart {
  const outcomes = cycles.flatMap(({ outcome }) => outcome ?? []);
  const countOf = (verdict: RetrainingOutcome["verdict"]) => outcomes.filter((one) => one.verdict === verdict).length;
  const differences = outcomes.flatMap((one) => (one.metric === metric ? (one.difference ?? []) : []));
  const sum = differences.reduce((total, difference) => total + difference, 0);
  return {
    cycles: cycles.length,
    adopted: cycles.filter(({ isAdopted }) => isAdopted).length,
    helped: countOf("helped"),
    harmed: countOf("harmed"),
    noDifference: countOf("no-difference"),
    notKnown: countOf("not-known"),
    gained: differences.length === 0 ? null : { sum, mean: sum / differences.length },
    ...sumCosts(cycles),
  };
}

/** Sums what jobs cost; unknown where one has no price, since a sum without it would look like all. */
function sumCosts(cycles: readonly EndedCycle[]): Pick<GainsPart, "cost" | "currency"> {
  const jobs = cycles.flatMap(({ job }) => job ?? []);
  const [first] = jobs;
  let cost = 0;
  for (const job of jobs) {
    if (job.cost === null || job.currency !== first?.currency) return { cost: null, currency: null };
    cost += job.cost;
  }
  return first ? { cost, currency: first.currency } : { cost: null, currency: null };
}
