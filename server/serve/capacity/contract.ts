/** What an endpoint had to do when it was busiest, and with what it does it. */
export interface SeenLoad {
  /** Requests per second that the model ran, in the busiest step. */
  peakPerSecond: number;
  /** Length of that step. */
  stepSeconds: number;
  /** Time that the model runs for one request, mean of the whole span. */
  serviceMs: number;
  /** Workers of the current version per gateway, and gateways that serve it. */
  workers: number;
  gateways: number;
}

/** What one limit of the wait asks for. */
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
  /** What 99 of 100 requests waited at most in the busiest step, by the model; null when they could not keep up. */
  waitMsNow: number | null;
  /** From the strictest limit to the most patient. */
  lines: CapacityLine[];
}
