import type { Registry } from "prom-client";
import type { Database } from "#db/client.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { PricingOptions } from "../capture/pricing.ts";
import type { EngineRules } from "../engines/contract.ts";
import type { OpenFeatureStates } from "../telemetry/feature-states.ts";
import type { Tracing } from "../tracing/tracing.ts";

/** What a gateway is given when it is made. */
export interface GatewayDependencies {
  db: Database;
  artifacts: Pick<ArtifactStore, "localPath">;
  /** Changes in the database, from listen() of server/platform/events. */
  feed: Pick<EventFeed, "subscribe">;
  registry: Registry;
  /** Folder of what this gateway keeps on disk: copies of routes, tokens and models, and telemetry that is not stored yet. */
  folder: string;
  /** Under which other machines see it, for people. */
  address: string;
  /** Preference for deployments that have none (EXECUTION_PROVIDERS). */
  providers: readonly ExecutionProvider[];
  /** MODEL_WORKERS and MODEL_THREADS. */
  workers: number;
  threads: number;
  /** What all loaded versions together may hold. */
  modelMemoryBytes: number;
  pricing: PricingOptions;
  flushSeconds: number;
  /** What counts features of answered requests. */
  openFeatureStates: OpenFeatureStates;
  /** Which engines may be called. */
  engineRules: EngineRules;
  /** Whether Prometheus is told numbers under the names of Triton's metrics too. */
  hasTritonMetrics: boolean;
  /** Undefined where no traces are wanted. */
  tracing?: Tracing | undefined;
}
