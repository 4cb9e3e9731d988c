import type { FleetRow } from "#server/respond/fleet/contract.ts";

/** Views of the fleet; Drift and Quality have columns of their own, the others are filters. */
export type FleetView = FleetFilter | "drift" | "quality";
type FleetFilter = "needs-me" | "all" | "rolling-out" | "no-slo" | "exhausted";

/** In the order of their tabs. */
export const fleetViewLabels: Record<FleetView, string> = {
  "needs-me": "Needs action",
  all: "All",
  "rolling-out": "Rolling out",
  "no-slo": "No SLO",
  exhausted: "Budget exhausted",
  drift: "Drift",
  quality: "Quality",
};

/** Returns the view that an address names; all endpoints for others. */
export function fleetViewOf(text: string | string[] | undefined): FleetView {
  const views = Object.keys(fleetViewLabels) as FleetView[];
  return views.find((view) => view === text) ?? "all";
}

/** Returns the address of a view of the fleet. */
export function fleetHref(view: FleetView): string {
  return view === "all" ? "/endpoints" : `/endpoints?${new URLSearchParams({ view })}`;
}

/** Returns the endpoints of a view, in the given order. */
export function filterFleet(rows: readonly FleetRow[], filter: FleetFilter): FleetRow[] {
  return rows.filter(({ need, state, worst, rollout }) => {
    if (filter === "needs-me") return need === "action";
    if (filter === "rolling-out") return rollout !== null;
    if (filter === "no-slo") return worst === null && state.kind !== "stopped";
    if (filter === "exhausted") return (worst?.budget?.remaining ?? 1) <= 0;
    return true;
  });
}
