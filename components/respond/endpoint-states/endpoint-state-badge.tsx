import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { EndpointState } from "#server/respond/endpoint-states/contract.ts";

const shapes: Record<EndpointState["kind"], State> = {
  failing: "missed",
  recovering: "running",
  degraded: "watch",
  starting: "running",
  silenced: "paused",
  stopped: "paused",
  "no-traffic": "no-data",
  "no-slo": "no-data",
  healthy: "on-target",
};

/** Shows the state of an endpoint in its word; the reason is shown next to it. */
export function EndpointStateBadge({ state, filled = false }: { state: EndpointState; filled?: boolean }) {
  return (
    <StatusBadge state={shapes[state.kind]} filled={filled}>
      {state.word}
    </StatusBadge>
  );
}
