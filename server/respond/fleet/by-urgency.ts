import { type FleetRow, fleetNeeds } from "./contract.ts";

type Ranked = Pick<FleetRow, "name" | "need" | "worst" | "recent">;

/**
 * Compares endpoints for the fleet: by need; where something is wrong by burn rate times requests, so that the fault that costs the most is
 * first; healthy ones by the budget that is left, the least first.
 */
export function byUrgency(left: Ranked, right: Ranked): number {
  return (
    fleetNeeds.indexOf(left.need) - fleetNeeds.indexOf(right.need) ||
    (left.need === "healthy" ? remaining(left) - remaining(right) : cost(right) - cost(left)) ||
    left.name.localeCompare(right.name)
  );
}

function remaining({ worst }: Ranked): number {
  // Without a budget there is none to run out of.
  return worst?.budget?.remaining ?? Number.MAX_VALUE;
}

function cost({ worst, recent }: Ranked): number {
  return (worst?.budget?.burnRate ?? 0) * (recent.requestsPerSecond ?? 0);
}
