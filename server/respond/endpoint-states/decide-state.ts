import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { ServingState } from "#server/serve/endpoints/contract.ts";
import { type EndpointState, endpointStateLabels } from "./contract.ts";

const nbsp = "\u00a0";

/** An alert that fires at the endpoint. */
export interface FiringAlert {
  isPage: boolean;
  /** Why it notifies nobody now, in words; null if it does. */
  muted: string | null;
  title: string;
}

/** What the state of an endpoint follows from. */
export interface EndpointFacts {
  name: string;
  serving: ServingState;
  /** Firing alerts, those with the greatest effect first. */
  alerts: readonly FiringAlert[];
  /** Number of its open incident, the newest one; null without one. */
  openIncident: number | null;
  /** Whether a request arrived within the last hour. */
  hasTraffic: boolean;
  hasSlo: boolean;
}

type Found = Pick<EndpointState, "kind" | "reason"> | undefined;

/** Decides the state of an endpoint, and why: the first that holds, so that it is never healthy while an incident is open. */
export function decideEndpointState(facts: EndpointFacts): EndpointState {
  const { kind, reason } = failing(facts) ??
    recovering(facts) ??
    degraded(facts) ??
    starting(facts) ??
    silenced(facts) ??
    stopped(facts) ??
    withoutTraffic(facts) ??
    withoutSlo(facts) ?? { kind: "healthy", reason: null };
  return { kind, word: endpointStateLabels[kind], reason };
}

function failing({ name, serving, alerts }: EndpointFacts): Found {
  const page = alerts.find(({ isPage, muted }) => isPage && muted === null);
  if (page) return { kind: "failing", reason: effectOf(name, page) };
  if (serving.kind !== "failed" && serving.kind !== "no-gateway") return undefined;
  return { kind: "failing", reason: serving.message };
}

function recovering({ alerts, openIncident }: EndpointFacts): Found {
  if (openIncident === null || alerts.some(({ isPage }) => isPage)) return undefined;
  return { kind: "recovering", reason: `INC-${openIncident} is open, no page is firing` };
}

function degraded({ name, serving, alerts }: EndpointFacts): Found {
  const ticket = alerts.find(({ muted }) => muted === null);
  if (ticket) return { kind: "degraded", reason: effectOf(name, ticket) };
  return serving.kind === "degraded" ? { kind: "degraded", reason: serving.message } : undefined;
}

function starting({ serving }: EndpointFacts): Found {
  return serving.kind === "starting" ? { kind: "starting", reason: serving.message } : undefined;
}

function silenced({ alerts }: EndpointFacts): Found {
  const [first] = alerts;
  return first && { kind: "silenced", reason: first.muted };
}

function stopped({ serving }: EndpointFacts): Found {
  const isStopped = serving.kind === "unloaded" || serving.kind === "archived";
  return isStopped ? { kind: "stopped", reason: serving.message } : undefined;
}

function withoutTraffic({ serving, hasTraffic }: EndpointFacts): Found {
  if (serving.kind === "empty") return { kind: "no-traffic", reason: serving.message };
  return hasTraffic ? undefined : { kind: "no-traffic", reason: `No request in the last 60${nbsp}min` };
}

function withoutSlo({ hasSlo }: EndpointFacts): Found {
  return hasSlo ? undefined : { kind: "no-slo", reason: "No SLO measures it" };
}

/** Returns what an alert says about the endpoint, without its name, which stands beside it. */
function effectOf(name: string, { title }: FiringAlert): string {
  const short = shortTitle(title);
  return short.startsWith(`${name}: `) ? short.slice(name.length + 2) : short;
}
