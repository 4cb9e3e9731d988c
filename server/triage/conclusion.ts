import { percent } from "#server/number-words.ts";
import type { Indicator } from "#server/slo/indicators/contract.ts";

interface Facts {
  service: string;
  indicator: Indicator | null;
  isAbsent: boolean;
  /** Of the last minutes. */
  now: { bad: number; total: number } | null;
  /** Share of bad events that the target allows; null without one. */
  allowed: number | null;
  /** What the alert itself says. */
  said: string;
}

/** What happens, as a sentence without a full stop: "card-fraud fails 15.6 % of requests" (design.md section 6). */
export function conclusionOf({ service, indicator, isAbsent, now, allowed, said }: Facts): string {
  if (isAbsent) return `Nothing comes to ${service} any more`;
  if (!indicator || !now || now.total === 0) return said;
  const share = now.bad / now.total;
  if (allowed !== null && share <= allowed) return `${service} keeps its target again`;
  const much = percent(share);
  switch (indicator.kind) {
    case "availability":
      return `${service} fails ${much} of requests`;
    case "latency":
      return `${service} is slower than ${indicator.withinMs} ms for ${much} of requests`;
    case "freshness":
      return `${service} gets stale features for ${much} of requests`;
    case "realised-quality":
      return `${service} answers ${much} of requests wrong`;
    case "label-timeliness":
      return `${much} of the labels of ${service} come late`;
    case "data-quality":
      return `${much} of the rows to ${service} break the rules of its data`;
    case "primary-answered":
      return `${service} answers ${much} of requests by a fallback`;
    default:
      return said;
  }
}
