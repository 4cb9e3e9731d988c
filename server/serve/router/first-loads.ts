import { minuteMs } from "#server/base/durations.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import type { ServedEndpoint } from "./routing-table.ts";

type Load = Pick<LoadedModel, "state" | "message">;
type Loading = Pick<ServedEndpoint, "serving"> & { wanted: Load; other?: Load | undefined; next?: Load[] | undefined };

/** Time that the first versions have to load. One that takes longer, or hangs, must not keep the gateway from serving all others. */
const maxWaitMs = 2 * minuteMs;

/**
 * Whether a new gateway still loads the versions that it found at its start. Once they have loaded, or failed, this is over permanently: what
 * is deployed later has a readiness of its own, per model, and must not take every gateway out of the load balancer at once.
 */
export class FirstLoads {
  private startedAt: number | undefined;
  private isOver = false;

  /** Whether they are still being loaded. @param now on the clock of performance.now(). Must be called once the routes are known. */
  areLoading(endpoints: readonly Loading[], now = performance.now()): boolean {
    this.startedAt ??= now;
    if (now - this.startedAt >= maxWaitMs || !endpoints.some(isFirstLoad)) this.isOver = true;
    return !this.isOver;
  }
}

/**
 * Whether a version that requests may reach loads for the first time: the deployed one, the other one of a rollout, or a step of a cascade. A
 * retry of one that failed before blocks nothing.
 */
function isFirstLoad({ serving, wanted, other, next = [] }: Loading): boolean {
  const versions = [...(serving ? [] : [wanted]), ...(other ? [other] : []), ...next];
  return versions.some(({ state, message }) => state === "loading" && message === undefined);
}
