import type { Registry } from "prom-client";
import type { Database } from "#db/client.ts";
import type { ConfinedProcesses } from "#server/base/confinement/confined-processes.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { PricingOptions } from "../capture/pricing.ts";
import type { EngineRules } from "../engines/contract.ts";
import type { ServingFeatures } from "../features/by-key/contract.ts";
import type { OpenFeatureStates } from "../telemetry/feature-states.ts";
import type { Tracing } from "../tracing/tracing.ts";

/** Dependencies of a new gateway. */
export interface GatewayDependencies {
  db: Database;
  /** Reads and claims faults of game days, also while they keep `db` from Postgres; `db` when absent. */
  faultReads?: Database | undefined;
  /** Ends this process at once, where something starts it again. */
  endProcess?: (() => void) | undefined;
  artifacts: Pick<ArtifactStore, "localPath">;
  /** Changes in the database, from listen() of server/platform/events. */
  feed: Pick<EventFeed, "subscribe">;
  registry: Registry;
  /** Folder of this gateway's data on disk: copies of routes, tokens and models, and telemetry that is not stored yet. */
  folder: string;
  /** Under which other machines see it, for people. */
  address: string;
  /** Preference for deployments that have none (EXECUTION_PROVIDERS). */
  providers: readonly ExecutionProvider[];
  /** MODEL_WORKERS and MODEL_THREADS. */
  workers: number;
  threads: number;
  /** Starts the processes of isolated versions; without it, only their memory is limited. */
  confinement?: ConfinedProcesses | undefined;
  /** Maximum memory of all loaded versions together. */
  modelMemoryBytes: number;
  /** Finds features for versions that look them up by key. */
  lookUps: ServingFeatures;
  pricing: PricingOptions;
  flushSeconds: number;
  /** Opens the feature states that count features of successful requests. */
  openFeatureStates: OpenFeatureStates;
  /** Rules for the engines that may be called. */
  engineRules: EngineRules;
  /** Whether Prometheus also receives values under the names of Triton's metrics. */
  hasTritonMetrics: boolean;
  /** Undefined if tracing is disabled. */
  tracing?: Tracing | undefined;
}
