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

/** What the address of the fleet names. */
export interface FleetAddress {
  view: FleetView;
  /** Id of the team whose endpoints are shown. */
  team?: string | undefined;
  /** Filter of endpoints. */
  q: string;
}

type Search = Record<string, string | string[] | undefined>;

/** Longer filters are cut off: no person writes one. */
const maxFilterLength = 1000;

/** Reads the address of the fleet; all endpoints where it names no view. */
export function readFleetAddress({ view, team, q }: Search): FleetAddress {
  const views = Object.keys(fleetViewLabels) as FleetView[];
  return {
    view: views.find((each) => each === view) ?? "all",
    ...(typeof team === "string" && team !== "" && { team: team.slice(0, 36) }),
    q: typeof q === "string" ? q.trim().slice(0, maxFilterLength) : "",
  };
}

/** Returns the address of a view of the fleet. */
export function fleetHref({ view, team, q }: Partial<FleetAddress>, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    ...(view && view !== "all" && { view }),
    ...(team && { team }),
    ...(q && { q }),
    ...more,
  });
  return query.size === 0 ? "/endpoints" : `/endpoints?${query}`;
}

/** Returns the endpoints of a view, in the given order. */
export function filterFleet(rows: readonly FleetRow[], filter: FleetFilter, ofTeam?: string): FleetRow[] {
  return rows.filter(({ need, state, worst, rollout, team }) => {
    if (ofTeam !== undefined && team?.id !== ofTeam) return false;
    if (filter === "needs-me") return need === "action";
    if (filter === "rolling-out") return rollout !== null;
    if (filter === "no-slo") return worst === null && state.kind !== "stopped";
    if (filter === "exhausted") return (worst?.budget?.remaining ?? 1) <= 0;
    return true;
  });
}

/** Returns the teams of the reader that own any of the endpoints, by name. */
export function ownTeamsOf(
  rows: readonly Pick<FleetRow, "team">[],
  ids: readonly string[],
): { id: string; name: string }[] {
  const teams = new Map(rows.flatMap(({ team }) => (team && ids.includes(team.id) ? [[team.id, team] as const] : [])));
  return [...teams.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}
