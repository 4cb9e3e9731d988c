import type { PinnedAnswer } from "#server/develop/features/pinned/answer-pinned.ts";
import type { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";

/** Cells of the request by column of keys, and by request input of expressions. All of one length. */
export type KeyCells = Record<string, readonly unknown[]>;

/** Who looks up, for whom it is counted. */
export interface FeatureConsumer {
  workspaceId: string;
  /** Id of the endpoint; undefined if it is not counted, as in a load test or a run of the playground. */
  endpointId: string | undefined;
}

/** Finds features for models that get them by key. */
export interface FeaturesByKey {
  /**
   * Returns the newest values. Rows that did not arrive in time have no source, and nothing fails because the store is away.
   * @returns undefined if nothing is known in time
   * @throws FeatureError for keys of another type, and for too many values
   */
  find(
    consumer: FeatureConsumer,
    pinned: PinnedFeatures,
    cells: KeyCells,
    withinMs: number,
  ): Promise<PinnedAnswer | undefined>;
}

/** Finds features for versions that serve clients. */
export interface ServingFeatures extends FeaturesByKey {
  /** Returns the columns whose values are personal, as far as is known without waiting: logs do not keep these. */
  personal(workspaceId: string, pinned: PinnedFeatures): ReadonlySet<string>;
  /** Reads what look-ups of a version need besides rows, before it serves. Never fails because the store is away. */
  prepare(workspaceId: string, pinned: PinnedFeatures): Promise<void>;
}
