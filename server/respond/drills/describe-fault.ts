import { minuteMs } from "#server/base/durations.ts";
import { formatDuration, formatSignificant, percent } from "#server/base/format-number.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import { requestFaults } from "#server/serve/faults/contract.ts";

interface Described {
  fault: Fault;
  scope: "requests" | "header";
  share: number;
  minutes: number;
}

/** Describes the fault of a game day: "+120 ± 20 ms on 10% of requests for 15 min". */
export function describeFault({ fault, scope, share, minutes }: Described): string {
  const isByRequest = requestFaults.some((kind) => kind === fault.kind);
  const reach = scope === "header" ? "requests with the header" : `${percent(share)} of requests`;
  return `${describeKind(fault)}${isByRequest ? ` on ${reach}` : ""} for ${formatDuration(minutes * minuteMs)}`;
}

function describeKind(fault: Fault): string {
  switch (fault.kind) {
    case "latency": {
      const jitter = fault.jitterMs === 0 ? "" : ` ± ${fault.jitterMs}`;
      return `+${fault.delayMs}${jitter}\u00a0ms`;
    }
    case "errors":
      return `errors ${fault.status}`;
    case "dropped-feature":
      return `${fault.feature} ${fault.as === "null" ? "null" : "missing"}`;
    case "shifted-input":
      return `${fault.feature} ${describeChange(fault.change)}`;
    case "stale-feature":
      return `${fault.view} older by ${formatDuration(fault.ageSeconds * 1000)}`;
    case "job-preempted":
      return `job ${fault.job} preempted${fault.tearsCheckpoint ? ", its newest checkpoint damaged" : ""}`;
    default:
      return otherLabels[fault.kind];
  }
}

function describeChange(change: Extract<Fault, { kind: "shifted-input" }>["change"]): string {
  if ("swap" in change) return `${change.swap[0]} and ${change.swap[1]} swapped`;
  const { scale, offset } = change;
  const sign = offset < 0 ? "−" : "+";
  return `× ${formatSignificant(scale, 4)} ${sign} ${formatSignificant(Math.abs(offset), 4)}`;
}

const otherLabels = {
  "model-worker-lost": "model worker lost",
  "engine-away": "engine away",
  "cold-model": "cold model",
  "postgres-away": "Postgres away",
  "gateway-lost": "gateway lost",
  "worker-lost": "worker lost",
  "channel-dead": "notification channel dead",
};
