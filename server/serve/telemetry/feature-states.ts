import type { Database } from "#db/client.ts";
import type { PictureSummary } from "../pipeline/picture-summary.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ServedModel } from "../versions/served-model.ts";
import type { CountKey } from "../windows/count-key.ts";

/** A request that was answered by a version. */
export interface CompletedRequest {
  key: Omit<CountKey, "provider">;
  requestId: string;
  request: InferRequest;
  headers: Readonly<Record<string, unknown>> | undefined;
  rows: number;
  /** What the model and its pipeline gave; nobody writes to them any more. */
  outputs: readonly Tensor[];
  /** By input, one a row; undefined where pictures were not looked at. */
  pictures?: ReadonlyMap<string, readonly PictureSummary[]> | undefined;
}

/** Counts the features of requests that were answered. */
export interface FeatureCounter {
  /** Whether the requests of a version behind an endpoint are to be offered. */
  watches(endpointId: string, versionId: string): boolean;
  /** Whether pictures of a version are to be measured on their way through its pipeline. */
  collectsPictures(versionId: string): boolean;
  /** Takes a request. It is counted a moment later. */
  offer(answered: CompletedRequest): void;
  /** Counts all that waits now. */
  settle(): void;
  /** Requests that were not counted. */
  readonly dropped: number;
}

/** What features are held against, followed from Postgres. */
export interface FollowedReferences {
  /** Follows the copy on disk, as far as there is one. */
  followCopy(): void;
  /** Follows Postgres, and keeps a copy of what has changed. */
  refresh(db: Database): Promise<void>;
}

/** What a gateway serves. */
export interface ServedVersions {
  models: readonly ServedModel[];
  endpointIds: readonly string[];
}

/** Counted features of one gateway, on disk until Postgres has them. */
export interface FeatureStates {
  readonly bytes: number;
  /** Rows whose counts were lost. */
  readonly dropped: number;
  /** Whether Postgres has all. */
  readonly isEmpty: boolean;
  /** Begins to count into them. @param folder of copies of references */
  count(folder: string, served: () => ServedVersions): { counter: FeatureCounter; references: FollowedReferences };
  /** Writes to disk what was counted since. Never fails. */
  save(): Promise<void>;
  /** Writes to Postgres what is over; all of it, when asked to. To be called after save(). */
  store(db: Database, isAll: boolean): Promise<void>;
  /** Writes what was counted to disk, without Postgres. */
  close(): void;
}

/**
 * Opens what a gateway counted of features, or begins with nothing. Monitoring is above serving, so this is handed in where a gateway is
 * put together. @param gatewayId under which Postgres gets it
 */
export type OpenFeatureStates = (folder: string, gatewayId: string, limitBytes: number) => FeatureStates;
