import { backOff } from "#server/base/back-off.ts";
import type { CircuitState } from "../gateways/contract.ts";

/** A circuit breaker. Times are on the caller's clock, in milliseconds. */
export interface Circuit {
  state: CircuitState;
  /** Whether each of the last outcomes was a failure, oldest first. */
  recent: readonly boolean[];
  /** Number of times it opened since it was closed. */
  trips: number;
  openedAt: number;
  /** Whether the one request allowed while half-open is in flight. */
  isProbing: boolean;
  /** The last failure, while it is not closed. */
  reason: string | undefined;
}

/** Envoy's consecutive_5xx: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier */
const maxConsecutiveFailures = 5;
/** Half of the last calls, as Resilience4j's failureRateThreshold: https://resilience4j.readme.io/docs/circuitbreaker */
const windowSize = 20;
const minForShare = 10;
const shareThatOpens = 0.5;
const firstOpenMs = 1000;
export const maxOpenMs = 15_000;

export const closedCircuit: Circuit = {
  state: "closed",
  recent: [],
  trips: 0,
  openedAt: 0,
  isProbing: false,
  reason: undefined,
};

/** Returns how long an open circuit rejects requests: 1 s, doubling each time it opens again, at most 15 s. */
function openMs({ trips }: Pick<Circuit, "trips">): number {
  return backOff(trips, { first: firstOpenMs, longest: maxOpenMs });
}

/**
 * Decides whether a request may be sent now.
 * @returns the circuit afterwards; `waitMs` after which another attempt makes sense, 0 when this one may be sent.
 */
export function admit(circuit: Circuit, now: number): { circuit: Circuit; waitMs: number } {
  if (circuit.state === "closed") return { circuit, waitMs: 0 };
  const restMs = circuit.openedAt + openMs(circuit) - now;
  if (circuit.state === "open" && restMs > 0) return { circuit, waitMs: restMs };
  if (circuit.state === "half-open" && circuit.isProbing) return { circuit, waitMs: firstOpenMs };
  return { circuit: { ...circuit, state: "half-open", isProbing: true }, waitMs: 0 };
}

/** Returns the circuit after a response. A late one, after the circuit has opened, proves nothing. */
export function afterResponse(circuit: Circuit): Circuit {
  if (circuit.state === "open") return circuit;
  if (circuit.state === "half-open") return closedCircuit;
  return { ...circuit, recent: [...circuit.recent, false].slice(-windowSize) };
}

/**
 * Returns the circuit after a failure of the engine. Opens at 5 in a row, at half of the last 20 (of at least 10), and when the probe
 * fails.
 */
export function afterFailure(circuit: Circuit, now: number, reason: string): Circuit {
  if (circuit.state === "open") return { ...circuit, reason };
  const recent = [...circuit.recent, true].slice(-windowSize);
  const failures = recent.filter(Boolean).length;
  const isLongRow = recent.length >= maxConsecutiveFailures && recent.slice(-maxConsecutiveFailures).every(Boolean);
  const isLargeShare = recent.length >= minForShare && failures / recent.length >= shareThatOpens;
  if (circuit.state === "closed" && !isLongRow && !isLargeShare) return { ...circuit, recent };
  return tripped(circuit, now, reason);
}

/** Returns the circuit opened at once, as when health checks find no server. */
export function tripped(circuit: Circuit, now: number, reason: string): Circuit {
  if (circuit.state === "open") return { ...circuit, reason };
  return { state: "open", recent: [], trips: circuit.trips + 1, openedAt: now, isProbing: false, reason };
}

/** Returns the circuit after a request that reveals nothing about the engine: its own time was too short, or its caller disconnected. */
export function afterNothing(circuit: Circuit): Circuit {
  return circuit.isProbing ? { ...circuit, isProbing: false } : circuit;
}

/** Returns the circuit after a passed health check: an open circuit whose time is over becomes half-open for the next request. */
export function afterHealthy(circuit: Circuit, now: number): Circuit {
  const hasEnded = circuit.state === "open" && now >= circuit.openedAt + openMs(circuit);
  return hasEnded ? { ...circuit, state: "half-open", isProbing: false } : circuit;
}
