import { z } from "zod";
import { BatchingState, ServingProvider } from "../../develop/registry/execution/contract.ts";

/** closed: requests pass; open: they are refused at once; half-open: one is let through to find out. */
export const CircuitState = z.enum(["closed", "half-open", "open"]);
export type CircuitState = z.infer<typeof CircuitState>;

/** How one gateway gets along with the engine of a version. */
export const EngineState = z.object({
  /** What the server calls itself. */
  name: z.string(),
  version: z.string(),
  circuit: CircuitState,
  /** The last failure, while the circuit is not closed. */
  message: z.string().optional(),
  /** Whether tensors travel as bytes; as JSON otherwise. */
  isBinary: z.boolean(),
  /** Since the version was loaded. */
  tries: z.number().int(),
  retries: z.number().int(),
  opened: z.number().int(),
});
export type EngineState = z.infer<typeof EngineState>;

/** What one gateway process does with a version, renewed every few seconds. */
export const LoadedVersion = ServingProvider.partial().extend({
  endpointId: z.uuid(),
  versionId: z.uuid(),
  state: z.enum(["loading", "ready", "failed"]),
  /** Whether requests without a version reach it. */
  isServing: z.boolean(),
  /** Why it failed. */
  message: z.string().optional(),
  workers: z.number().int().optional(),
  batching: BatchingState.optional(),
  /** Where its workers run: in the gateway's process, or in processes of their own. */
  place: z.enum(["thread", "process"]).optional(),
  /** What its workers hold in memory. */
  memoryBytes: z.number().optional(),
  /** Of a version that an engine runs. */
  engine: EngineState.optional(),
});
export type LoadedVersion = z.infer<typeof LoadedVersion>;

/** The machine that a gateway process runs on, with others perhaps. */
export const GatewayMachine = z.object({
  name: z.string(),
  /** MACHINE_KIND; "" where nobody said. */
  kind: z.string(),
  cores: z.number().int(),
  /** As its driver tells; 1 where models run on a GPU that no driver tells of. */
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
  /** Lost since it started: requests whose counts, and records of the prediction log. */
  dropped: z.object({ requests: z.number().int(), predictions: z.number().int() }).optional(),
});
export type GatewayState = z.infer<typeof GatewayState>;

/** A gateway process that was heard of in the last 30 s. */
export const GatewayView = z.object({
  gatewayId: z.string(),
  address: z.string(),
  startedAt: z.date(),
  seenAt: z.date(),
  isDraining: z.boolean(),
  dropped: GatewayState.shape.dropped,
  /** What it does with the versions of this endpoint. */
  versions: z.array(LoadedVersion),
});
export type GatewayView = z.infer<typeof GatewayView>;
