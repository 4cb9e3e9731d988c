import { formatDuration } from "#components/ui/format-time.ts";
import { type FormDraft, kindLabels, minuteMs } from "./draft.ts";

/** Describes the objective of a draft in a sentence: "99.5% of requests to churn answered within 120 ms, over 30 days". */
export function describeObjective(draft: FormDraft, endpoint: string | undefined, view?: string): string {
  const target = draft.targetPercent === "" ? "…%" : `${draft.targetPercent}%`;
  const subject =
    draft.method === "occurrences"
      ? `${target} of ${whatOf(draft, endpoint, view)}`
      : slicesOf(draft, target, whatOf(draft, endpoint, view));
  return `${subject}, over ${spanOf(draft)}.`;
}

function slicesOf(draft: FormDraft, target: string, what: string): string {
  const slice = `slices of ${draft.sliceMinutes} min`;
  if (draft.method === "timeslices") {
    return `${target} of ${slice} with at least ${draft.sliceTargetPercent}% of ${what}`;
  }
  return `${target} on average over ${slice} of ${what}`;
}

function whatOf(
  { kind, limit, tolerance, source, parts, labelsOf }: FormDraft,
  endpoint: string | undefined,
  view: string | undefined,
): string {
  const to = endpoint ? ` to ${endpoint}` : "";
  switch (kind) {
    case "availability":
      return `valid requests${to} succeed`;
    case "latency":
      return `requests${to} served within ${limit} ms`;
    case "freshness":
      return `requests${to} with features at most ${limit} h old`;
    case "feature-freshness":
      return `look-ups of ${view ?? "features"}${endpoint ? ` by ${endpoint}` : ""} at most ${ageLimit(limit)} old`;
    case "view-lag":
      return `minutes in which the newest event of ${view ?? "…"} is at most ${ageLimit(limit)} old`;
    case "realised-quality":
      return `labelled predictions${endpoint ? ` of ${endpoint}` : ""} ${tolerance === "" ? "correct" : `within ±${tolerance}`}, evaluated after ${limit} h`;
    case "label-timeliness":
      return `predictions${endpoint ? ` of ${endpoint}` : ""}${labelsOf === "audit" ? " drawn at random" : ""} labelled within ${limit} h`;
    case "primary-answered":
      return `requests${to} served by the primary model`;
    case "data-quality":
      return `rows${to} that satisfy its data rules, limits and contracts`;
    case "cost":
      return `hours${endpoint ? ` of ${endpoint}` : ""} in which 1,000 predictions cost at most ${limit}`;
    case "posted":
      return `events posted by "${source || "…"}" are good`;
    case "composite":
      return `${kindLabels.composite.toLowerCase()} (${parts.length})`;
  }
}

/** Formats a limit of the form, in minutes. */
function ageLimit(minutes: FormDraft["limit"]): string {
  return minutes === "" ? "… min" : formatDuration(Number(minutes) * minuteMs);
}

function spanOf({ period, timeZone }: FormDraft): string {
  if (period === "week" || period === "month" || period === "quarter") return `each ${period} (${timeZone})`;
  return period === "1" ? "1 day" : `${period} days`;
}
