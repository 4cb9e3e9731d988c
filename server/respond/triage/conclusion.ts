import { percent } from "#server/base/format-number.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";

interface Facts {
  service: string;
  indicator: Indicator | null;
  isAbsent: boolean;
  /** Counts of the last minutes. */
  now: { bad: number; total: number } | null;
  /** Share of bad events that the target allows; null without one. */
  allowed: number | null;
  /** Text of the alert itself. */
  said: string;
}

/** Describes the problem in a sentence without a full stop: "card-fraud fails 15.6% of requests" (docs/spec/design.md section 6). */
export function conclusionOf({ service, indicator, isAbsent, now, allowed, said }: Facts): string {
  if (isAbsent) return `${service} no longer receives requests`;
  if (!indicator || !now || now.total === 0) return said;
  const share = now.bad / now.total;
  if (allowed !== null && share <= allowed) return `${service} meets its target again`;
  const much = percent(share);
  switch (indicator.kind) {
    case "availability":
      return `${service} fails ${much} of requests`;
    case "latency":
      return `${service} exceeds ${indicator.withinMs}\u00a0ms for ${much} of requests`;
    case "freshness":
      return `${service} uses stale features for ${much} of requests`;
    case "realised-quality":
      return `${service} predicts ${much} of requests incorrectly`;
    case "label-timeliness":
      return `${much} of labels for ${service} arrive late`;
    case "data-quality":
      return `${much} of rows for ${service} violate its data rules`;
    case "primary-answered":
      return `${service} serves ${much} of requests from a fallback`;
    default:
      return said;
  }
}
