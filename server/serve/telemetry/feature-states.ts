import type { Database } from "#db/client.ts";
import type { PictureSummary } from "../pipeline/picture-summary.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ServedModel } from "../versions/served-model.ts";
import type { CountKey } from "../windows/count-key.ts";

/** A request served by a version. */
export interface CompletedRequest {
  key: Omit<CountKey, "provider">;
  requestId: string;
  request: InferRequest;
  headers: Readonly<Record<string, unknown>> | undefined;
  rows: number;
  /** Outputs of the model and its pipeline; nothing writes to them any more. */
  outputs: readonly Tensor[];
  /** Picture summaries by input, one per row; undefined if pictures were not measured. */
  pictures?: ReadonlyMap<string, readonly PictureSummary[]> | undefined;
}

/** Counts the features of completed requests. */
export interface FeatureCounter {
  /** Whether to count the requests of a version at an endpoint. */
  watches(endpointId: string, versionId: string): boolean;
  /** Whether to measure pictures of a version while they pass its pipeline. */
  collectsPictures(versionId: string): boolean;
  /** Takes a request. It is counted a moment later. */
  offer(answered: CompletedRequest): void;
  /** Counts all that waits now. */
  settle(): void;
  /** Requests that were not counted. */
  readonly dropped: number;
}

/** References that features are compared with, followed from Postgres. */
export interface FollowedReferences {
  /** Follows the copy on disk, as far as there is one. */
  followCopy(): void;
  /** Reloads references from Postgres, and stores a copy of changed ones. */
  refresh(db: Database): Promise<void>;
  /** Returns the median or the most frequent level of a version's feature; undefined without a reference, or where that has no values. */
  typicalValue(versionId: string, feature: string): number | string | undefined;
}

/** Versions that a gateway serves. */
export interface ServedVersions {
  models: readonly ServedModel[];
  endpointIds: readonly string[];
}

/** Counted features of one gateway, on disk until Postgres has them. */
export interface FeatureStates {
  readonly bytes: number;
  /** Number of rows whose counts were lost. */
  readonly dropped: number;
  /** Whether Postgres has all counts. */
  readonly isEmpty: boolean;
  /** Starts counting. @param folder of copies of references */
  count(folder: string, served: () => ServedVersions): { counter: FeatureCounter; references: FollowedReferences };
  /** Writes to disk what was counted since. Never fails. */
  save(): Promise<void>;
  /** Writes completed states to Postgres; all of them if `isAll`. Must be called after save(). */
  store(db: Database, isAll: boolean): Promise<void>;
  /** Writes what was counted to disk, without Postgres. */
  close(): void;
}

/**
 * Opens a gateway's feature counts, or starts with none. Monitoring is a layer above serving, so this is injected where a gateway is
 * assembled.
 * @param gatewayId under which Postgres gets them
 */
export type OpenFeatureStates = (
  folder: string,
  gatewayId: string,
  options: { limitBytes: number; now: () => number },
) => FeatureStates;
