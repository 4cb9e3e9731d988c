import { z } from "zod";

const kinds = [
  "failing",
  "recovering",
  "degraded",
  "starting",
  "silenced",
  "stopped",
  "no-traffic",
  "no-slo",
  "healthy",
] as const;

/** The word of each state, the same on every page, in search and in the API (docs/spec/design.md section 8). */
export const endpointStateLabels: Record<(typeof kinds)[number], string> = {
  failing: "Failing",
  recovering: "Recovering",
  degraded: "Degraded",
  starting: "Starting",
  silenced: "Silenced",
  stopped: "Stopped",
  "no-traffic": "No traffic",
  "no-slo": "No SLO",
  healthy: "Healthy",
};

/**
 * How an endpoint is: the first that holds. failing: a page fires, or requests are not served; recovering: an incident is open and no page
 * fires; degraded: a ticket fires, or not every gateway serves as configured; starting: gateways load the version; silenced: alerts fire and
 * all are muted; stopped: archived or unloaded; no-traffic: no request in the last hour, or nothing deployed; no-slo: it has no SLO.
 */
export const EndpointState = z.object({
  kind: z.enum(kinds),
  word: z.string(),
  /** Why, in a few words: "15.6% of requests fail"; null if healthy. */
  reason: z.string().nullable(),
});
export type EndpointState = z.infer<typeof EndpointState>;
