import type { PoolState } from "./model-pool.ts";
import type { PoolRequest, PoolResult } from "./waiting-request.ts";

/** Executor of a version's requests: workers of this process, or an engine elsewhere. */
export interface RunningModel {
  readonly state: PoolState;
  /**
   * @throws DomainError "unavailable" with seconds to wait, "invalid" when the model refuses the input
   * @throws InferenceFailure at the deadline, when the caller has left, when the model or what runs it fails
   */
  run(request: PoolRequest): Promise<PoolResult>;
  /** Ends one of several workers as if it had crashed; absent where there are none. @returns false if there is only one, or none can be ended now */
  loseWorker?(reason: string): boolean;
  /** Stops accepting requests, finishes those it has, then releases all resources. */
  drain(): Promise<void>;
}
