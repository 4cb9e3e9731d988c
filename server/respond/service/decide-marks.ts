import type { EndpointTab } from "#server/serve/endpoints/constants.ts";
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
): Partial<Record<EndpointTab, TabMark>> {
  const marks: Partial<Record<EndpointTab, TabMark>> = {};
  if (state === "failing") marks.health = "missed";
  if (state === "degraded") marks.health = "watch";
  for (const { watcher, severity } of findings) {
    const tab = tabOfWatcher(watcher);
    if (!tab || severity === "note" || marks[tab] === "missed") continue;
    marks[tab] = severity === "page" ? "missed" : "watch";
  }
  return marks;
}
