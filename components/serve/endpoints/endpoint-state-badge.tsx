import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { EndpointState } from "#server/serve/endpoints/contract.ts";

const badges: Record<EndpointState["kind"], { state: State; word: string }> = {
  serving: { state: "on-target", word: "Serving" },
  starting: { state: "running", word: "Loading" },
  degraded: { state: "watch", word: "Degraded" },
  failed: { state: "missed", word: "Down" },
  "no-gateway": { state: "missed", word: "No gateway" },
  empty: { state: "not-started", word: "Nothing deployed" },
  unloaded: { state: "paused", word: "Unloaded" },
  archived: { state: "paused", word: "Archived" },
};

/** Shows whether an endpoint is serving, in one or two words; the reason is shown next to it. */
export function EndpointStateBadge({ state, filled = false }: { state: EndpointState; filled?: boolean }) {
  const { state: shape, word } = badges[state.kind];
  return (
    <StatusBadge state={shape} filled={filled}>
      {word}
    </StatusBadge>
  );
}
