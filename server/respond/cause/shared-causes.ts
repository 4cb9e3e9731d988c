import type { Change } from "#server/respond/changes/contract.ts";
import type { LikelyCause } from "./contract.ts";

interface CauseFacts {
  /** Null without an endpoint. */
  cause: Pick<LikelyCause, "change" | "evidence"> | null;
  /** Machine from which the failures come; null if none stands out. */
  machine: string | null;
  /** Nodes that the alerts name in their labels. */
  nodes: readonly string[];
}

/**
 * Returns the causes of an incident that another endpoint can have too, as keys (docs/spec/alerting.md section 19): "version:churn version
 * 11" of a deployment or rollout, "change:audit:5" of a change that concerns all endpoints, "node:gpu-7". A change alone is one only with
 * evidence.
 */
export function sharedCausesOf({ cause, machine, nodes }: CauseFacts): string[] {
  const ofChange = cause?.change && cause.evidence !== "none" ? keyOfChange(cause.change) : null;
  const named = [...nodes, ...(machine === null ? [] : [machine])].map((node) => `node:${node}`);
  return [...new Set([...(ofChange === null ? [] : [ofChange]), ...named])];
}

/** Describes a shared cause: "churn version 11", "node gpu-7". */
export function describeSharedCause(key: string): string {
  const [kind = "", ...rest] = key.split(":");
  const name = rest.join(":");
  if (kind === "version") return name;
  return kind === "node" ? `node ${name}` : "the same change";
}

function keyOfChange({ id, kind, after, endpointId }: Change): string | null {
  const isOwn = id.startsWith("deployment:") || id.startsWith("rollout-decision:");
  // A hold moves no traffic.
  if (isOwn) return kind !== "freeze" && after !== null ? `version:${after}` : null;
  // A pipeline said that it concerns all endpoints, or it is a version of a dataset. A policy of a model concerns that model only.
  const concernsAll = endpointId === null && (id.startsWith("external:") || kind === "data");
  return concernsAll ? `change:${id}` : null;
}
