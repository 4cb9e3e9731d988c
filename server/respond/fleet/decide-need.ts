import { incidentBoardPath } from "#server/alerting/alerts/constants.ts";
import type { EndpointState } from "../endpoint-states/contract.ts";
import type { FleetIncident, FleetNeed, FleetRow, NextStep } from "./contract.ts";

const needs: Record<EndpointState["kind"], FleetNeed> = {
  failing: "action",
  recovering: "action",
  degraded: "watch",
  starting: "watch",
  silenced: "watch",
  "no-slo": "watch",
  healthy: "healthy",
  "no-traffic": "idle",
  stopped: "idle",
};

type Rollout = Pick<NonNullable<FleetRow["rollout"]>, "id" | "hold"> | null;

const awaitsPerson = "needs-approval";

/** Decides the group of an endpoint in the fleet: the one of its state, and Watch while a rollout waits for a person. */
export function decideNeed(state: EndpointState["kind"], rollout: Rollout): FleetNeed {
  const need = needs[state];
  return rollout?.hold?.code === awaitsPerson && need !== "action" ? "watch" : need;
}

interface Facts {
  name: string;
  state: EndpointState["kind"];
  incident: FleetIncident | null;
  rollout: Rollout;
}

/** Decides the one thing that a person can do about an endpoint; null where there is nothing to do. */
export function decideNext({ name, state, incident, rollout }: Facts): NextStep | null {
  if (incident) return nextOfIncident(incident);
  if (state === "failing" || state === "degraded") return { words: "Open On call", href: "/on-call" };
  if (rollout?.hold?.code === awaitsPerson) return { words: "Approve…", href: `/rollouts/${rollout.id}` };
  if (state === "no-slo") return { words: "Create SLO…", href: `/slos/new?${new URLSearchParams({ endpoint: name })}` };
  return null;
}

function nextOfIncident({ number, stage, isAcknowledged }: FleetIncident): NextStep {
  const href = incidentBoardPath(number);
  if (stage === "watch") return { words: `Watch INC-${number}`, href };
  if (stage === "resolve") return { words: `Resolve INC-${number}`, href };
  return { words: `${isAcknowledged ? "Open" : "Acknowledge"} INC-${number}`, href };
}
