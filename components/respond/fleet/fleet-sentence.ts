import { plural } from "#components/ui/format.ts";
import type { EndpointState } from "#server/respond/endpoint-states/contract.ts";
import type { FleetRow } from "#server/respond/fleet/contract.ts";

/** Says which endpoints need someone: "card-fraud is failing, 2 endpoints are recovering. 28 of 40 are healthy." */
export function describeFleet(rows: readonly Pick<FleetRow, "name" | "state" | "rollout">[]): string | undefined {
  if (rows.length === 0) return undefined;
  const of = (kind: EndpointState["kind"]) => rows.filter(({ state }) => state.kind === kind);
  const awaiting = rows.filter(({ rollout }) => rollout?.hold?.code === "needs-approval").length;
  const parts = [
    say(of("failing"), "failing"),
    say(of("recovering"), "recovering"),
    say(of("degraded"), "degraded"),
    awaiting > 0 ? `${plural(awaiting, "rollout")} ${awaiting === 1 ? "is" : "are"} awaiting approval` : undefined,
  ].filter((part) => part !== undefined);
  const healthy = of("healthy").length;
  const rest = healthy === rows.length ? "All endpoints are healthy." : `${healthy} of ${rows.length} are healthy.`;
  if (parts.length === 0) return rest;
  const last = parts.pop();
  const all = parts.length > 0 ? `${parts.join(", ")} and ${last}` : last;
  return `${all}. ${rest}`;
}

function say(rows: readonly { name: string }[], word: string): string | undefined {
  const [first] = rows;
  if (!first) return undefined;
  return rows.length === 1 ? `${first.name} is ${word}` : `${plural(rows.length, "endpoint")} are ${word}`;
}
