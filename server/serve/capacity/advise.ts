import { arrivalsFor, serversFor, waitQuantile } from "#server/stats/erlang-c.ts";
import type { EndpointDetails } from "../endpoints/contract.ts";
import type { EndpointSeries } from "../series/contract.ts";
import type { CapacityAdvice, SeenLoad } from "./contract.ts";

const quantile = 0.99;
/** Limits of the wait, in milliseconds. */
const waits = [5, 20, 100];

/**
 * Computes how many workers and gateways the observed load needs, for several limits of the queue time. Busy workers by the
 * utilisation law (U = λ · S / c), the queue time by M/M/c of server/stats/erlang-c.ts. It errs on the side of too many: run times of a
 * model vary less than the formula assumes, and requests in a batch cost less than each alone.
 */
export function adviseCapacity(load: SeenLoad): CapacityAdvice {
  const { peakPerSecond: arrivalsPerSecond, serviceMs, workers, gateways } = load;
  const serviceSeconds = serviceMs / 1000;
  const servers = workers * gateways;
  const waitNow = waitQuantile({ servers, arrivalsPerSecond, serviceSeconds }, quantile) * 1000;
  return {
    load,
    utilisation: (arrivalsPerSecond * serviceSeconds) / servers,
    waitMsNow: Number.isFinite(waitNow) ? waitNow : null,
    lines: waits.map((waitMs) => {
      const needed = serversFor({ arrivalsPerSecond, serviceSeconds }, quantile, waitMs / 1000);
      const maxPerSecond = arrivalsFor({ servers, serviceSeconds }, quantile, waitMs / 1000);
      return { waitMs, workers: needed, gateways: Math.ceil(needed / workers), maxPerSecond };
    }),
  };
}

type Traffic = Pick<EndpointSeries, "stepSeconds" | "total"> & {
  steps: Pick<EndpointSeries["steps"][number], "requestsPerSecond">[];
};
type Serving = Pick<EndpointDetails, "current"> & { gateways: Pick<EndpointDetails["gateways"][number], "versions">[] };

/** Returns the load of a time range; undefined without requests run by a worker, and if an engine runs them. */
export function seenLoad(traffic: Traffic, { current, gateways }: Serving): SeenLoad | undefined {
  const ready = gateways.flatMap(({ versions }) =>
    versions.filter(({ versionId, state }) => versionId === current?.versionId && state === "ready"),
  );
  const workers = Math.max(0, ...ready.map((version) => version.workers ?? 0));
  const serviceMs = traffic.total.computeMsMean;
  const peakPerSecond = Math.max(0, ...traffic.steps.map((step) => step.requestsPerSecond ?? 0));
  if (workers === 0 || !serviceMs || peakPerSecond === 0) return undefined;
  const { stepSeconds } = traffic;
  return { peakPerSecond, stepSeconds, serviceMs, workers, gateways: ready.length };
}
