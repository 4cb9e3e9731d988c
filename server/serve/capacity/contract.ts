/** Load of an endpoint in its busiest step, and the capacity that serves it. */
export interface SeenLoad {
  /** Requests per second that the model ran, in the busiest step. */
  peakPerSecond: number;
  /** Length of that step. */
  stepSeconds: number;
  /** Time that the model runs per request, mean over the complete range. */
  serviceMs: number;
  /** Workers of the current version per gateway, and gateways that serve it. */
  workers: number;
  gateways: number;
}

/** Capacity needed for one limit of the queue time. */
export interface CapacityLine {
  /** 99 of 100 requests wait no longer than this for a free worker. */
  waitMs: number;
  workers: number;
  gateways: number;
  /** Requests per second that the gateways of now can take within this limit. */
  maxPerSecond: number;
}

export interface CapacityAdvice {
  load: SeenLoad;
  /** Share of the workers that was busy in the busiest step; above 1 they could not keep up. */
  utilisation: number;
  /** Queue time that 99 of 100 requests stayed within in the busiest step, by the model; null when they could not keep up. */
  waitMsNow: number | null;
  /** Ordered from the strictest limit to the most lenient. */
  lines: CapacityLine[];
}
