import type { PoolState } from "./model-pool.ts";
import type { PoolRequest, PoolResult } from "./waiting-request.ts";

/** What runs the requests of a version: workers of this process, or an engine elsewhere. */
export interface RunningModel {
  readonly state: PoolState;
  /**
   * @throws DomainError "unavailable" with seconds to wait, "invalid" when the model refuses the input
   * @throws InferenceFailure at the deadline, when the caller has left, when the model or what runs it fails
   */
  run(request: PoolRequest): Promise<PoolResult>;
  /** Takes no more requests, answers those it has, then lets go of everything. */
  drain(): Promise<void>;
}
