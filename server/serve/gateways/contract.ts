import { z } from "zod";
import { BatchingState, ServingProvider } from "../../develop/registry/execution/contract.ts";

/** closed: requests pass; open: they are rejected immediately; half-open: one is let through as a probe. */
export const CircuitState = z.enum(["closed", "half-open", "open"]);
export type CircuitState = z.infer<typeof CircuitState>;

/** State of one gateway's connection to the engine of a version. */
export const EngineState = z.object({
  /** Name that the server reports. */
  name: z.string(),
  version: z.string(),
  circuit: CircuitState,
  /** The last failure, while the circuit is not closed. */
  message: z.string().optional(),
  /** Whether tensors are sent as bytes; as JSON otherwise. */
  isBinary: z.boolean(),
  /** Since the version was loaded. */
  tries: z.number().int(),
  retries: z.number().int(),
  opened: z.number().int(),
});
export type EngineState = z.infer<typeof EngineState>;

/** State of a version in one gateway process, renewed every few seconds. */
export const LoadedVersion = ServingProvider.partial().extend({
  endpointId: z.uuid(),
  versionId: z.uuid(),
  state: z.enum(["loading", "ready", "failed"]),
  /** Whether requests without a version reach it. */
  isServing: z.boolean(),
  /** Reason for the failure. */
  message: z.string().optional(),
  workers: z.number().int().optional(),
  batching: BatchingState.optional(),
  /** Location of its workers: in the gateway's process, or in processes of their own. */
  place: z.enum(["thread", "process"]).optional(),
  /** Memory used by its workers. */
  memoryBytes: z.number().optional(),
  /** Workers lost and replaced since it was loaded, and the time and reason of the latest loss; absent without one. */
  losses: z.object({ count: z.number().int(), at: z.number(), reason: z.string() }).optional(),
  /** State of the engine that runs the version, if any. */
  engine: EngineState.optional(),
});
export type LoadedVersion = z.infer<typeof LoadedVersion>;

/** The machine that a gateway process runs on, with others perhaps. */
export const GatewayMachine = z.object({
  name: z.string(),
  /** MACHINE_KIND; "" when it is not configured. */
  kind: z.string(),
  cores: z.number().int(),
  /** Number of GPUs by the driver; 1 when models run on a GPU that no driver reports. */
  gpus: z.number().int(),
  gpuKind: z.string(),
  memoryBytes: z.number(),
});
export type GatewayMachine = z.infer<typeof GatewayMachine>;

export const GatewayState = z.object({
  isDraining: z.boolean(),
  versions: z.array(LoadedVersion),
  /** Absent from gateways of an earlier release. */
  machine: GatewayMachine.optional(),
  /** For how long its counts could not be stored; 0 when healthy, absent from gateways of an earlier release. */
  behindSeconds: z.number().optional(),
  /** Lost since it started: requests missing from the counts, and records missing from the prediction log. */
  dropped: z.object({ requests: z.number().int(), predictions: z.number().int() }).optional(),
});
export type GatewayState = z.infer<typeof GatewayState>;

/** A gateway process with a heartbeat in the last 30 s. */
export const GatewayView = z.object({
  gatewayId: z.string(),
  address: z.string(),
  startedAt: z.date(),
  seenAt: z.date(),
  isDraining: z.boolean(),
  dropped: GatewayState.shape.dropped,
  /** States of this endpoint's versions in the gateway. */
  versions: z.array(LoadedVersion),
});
export type GatewayView = z.infer<typeof GatewayView>;
