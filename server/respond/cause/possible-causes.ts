import type { ChangeKind } from "#server/respond/changes/contract.ts";
import type { Finding, Watcher } from "#server/watch/monitoring/contract.ts";
import { isOfInputs } from "#server/watch/monitoring/findings/of-inputs.ts";
import type { IndicatorKind } from "#server/watch/objectives/indicators/contract.ts";

/** What people notice of an incident, by what its SLO or its alert measures. */
const effects = ["errors", "latency", "freshness", "quality", "labels", "data", "cost"] as const;
export type Effect = (typeof effects)[number];

const effectOfIndicator: Partial<Record<IndicatorKind, Effect>> = {
  availability: "errors",
  "primary-answered": "errors",
  latency: "latency",
  freshness: "freshness",
  "feature-freshness": "freshness",
  "view-lag": "freshness",
  "realised-quality": "quality",
  "estimated-quality": "quality",
  "drift-budget": "quality",
  "label-timeliness": "labels",
  "data-quality": "data",
  cost: "cost",
};

const effectOfWatcher: Partial<Record<Watcher, Effect>> = {
  quality: "quality",
  estimate: "quality",
  drift: "quality",
  fairness: "quality",
  consistency: "quality",
  integrity: "data",
  skew: "data",
  cost: "cost",
};

/** Returns what an SLO, or else the monitor of an alert, measures; null where it is unknown, such as for alerts from outside. */
export function effectOf(of: { indicator: IndicatorKind | null; watcher: Watcher | null }): Effect | null {
  return (of.indicator && effectOfIndicator[of.indicator]) ?? (of.watcher && effectOfWatcher[of.watcher]) ?? null;
}

/** Kinds of findings in the inputs of an endpoint, by what they mean for a request. */
type FindingKind = "rejected" | "altered" | "stale" | "shifted" | "volume" | "late-labels";

/** Effects that each kind of change can have (docs/spec/alerting.md section 19). A freeze changes nothing. */
const effectsOfChange: Record<ChangeKind, readonly Effect[]> = {
  deploy: ["errors", "latency", "quality", "data", "cost"],
  rollout: ["errors", "latency", "quality", "data", "cost"],
  rollback: ["errors", "latency", "quality", "data", "cost"],
  config: ["errors", "latency", "freshness", "quality", "data", "cost"],
  data: ["errors", "freshness", "quality", "labels", "data"],
  schema: ["errors", "freshness", "quality", "labels", "data"],
  flag: effects,
  freeze: [],
};

/**
 * Effects that each kind of finding can have. Requests that were rejected got no prediction: they can make nothing slower, and lower no
 * accuracy. They are the client's errors, which availability does not count.
 */
const effectsOfFinding: Record<FindingKind, readonly Effect[]> = {
  rejected: ["data"],
  altered: ["errors", "quality", "data"],
  stale: ["freshness", "quality", "data"],
  shifted: ["quality", "data"],
  volume: ["latency", "cost", "data"],
  "late-labels": ["labels"],
};

const kindOfCheck: Record<string, FindingKind> = {
  "missing input": "rejected",
  "extra input": "rejected",
  "wrong type": "rejected",
  "stale features": "stale",
  "late events": "stale",
  volume: "volume",
  "no traffic": "volume",
  duplicates: "volume",
  "repeated id": "volume",
  "late labels": "late-labels",
};

/** Returns whether a kind of change can have an effect. An unknown effect rules out nothing that changes anything. */
export function canChangeCause(kind: ChangeKind, effect: Effect | null): boolean {
  return effect === null ? effectsOfChange[kind].length > 0 : effectsOfChange[kind].includes(effect);
}

/** Returns whether a finding in the inputs can have an effect: findings in outputs are effects themselves. */
export function canFindingCause(
  finding: Pick<Finding, "watcher" | "kind" | "evidence">,
  effect: Effect | null,
): boolean {
  return isOfInputs(finding) && (effect === null || effectsOfFinding[kindOf(finding)].includes(effect));
}

function kindOf({ watcher, kind, evidence }: Pick<Finding, "watcher" | "kind" | "evidence">): FindingKind {
  if (watcher === "skew") return "altered";
  if (watcher !== "integrity") return "shifted";
  const known = kindOfCheck[kind] ?? "altered";
  // Requests that violate a contract may be served all the same.
  const served = Number(evidence.clipped ?? 0) + Number(evidence.flagged ?? 0);
  return known === "rejected" && served > 0 ? "altered" : known;
}
