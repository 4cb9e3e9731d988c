import type { EndpointTab } from "#server/serve/endpoints/constants.ts";
import type { ViewFinding } from "#server/watch/features/contract.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { tabOfWatcher } from "#server/watch/monitoring/findings/constants.ts";
import type { EndpointState } from "../endpoint-states/contract.ts";
import type { TabMark } from "./contract.ts";

/**
 * Decides which tabs of an endpoint are worth a look. Health follows the state of the endpoint, the others the worst finding that is open; a
 * note marks nothing.
 */
export function decideMarks(
  state: EndpointState["kind"],
  findings: readonly Pick<Finding, "watcher" | "severity">[],
  /** Severity of the worst finding of a view that its versions look up. */
  features: ViewFinding["severity"] | null = null,
): Partial<Record<EndpointTab, TabMark>> {
  const marks: Partial<Record<EndpointTab, TabMark>> = {};
  if (state === "failing") marks.health = "missed";
  if (state === "degraded") marks.health = "watch";
  if (features !== null) marks.features = markOf(features);
  for (const { watcher, severity } of findings) {
    const tab = tabOfWatcher(watcher);
    if (!tab || severity === "note" || marks[tab] === "missed") continue;
    marks[tab] = markOf(severity);
  }
  return marks;
}

function markOf(severity: "page" | "ticket"): TabMark {
  return severity === "page" ? "missed" : "watch";
}
