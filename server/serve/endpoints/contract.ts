import { z } from "zod";
import { ExecutionProvider, ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { Engine } from "../engines/contract.ts";
import { GatewayView } from "../gateways/contract.ts";
import { changePurposes } from "./constants.ts";

/** A version that was deployed to an endpoint. */
export const Deployment = z.object({
  id: z.number().int(),
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider),
  /** Runs it instead of the gateways; null where they do. */
  engine: Engine.nullable(),
  reason: z.string(),
  deployedBy: z.string(),
  deployedAt: z.date(),
});
export type Deployment = z.infer<typeof Deployment>;

export const Endpoint = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  /** Share of successful requests stored in the prediction log, 0 to 1. */
  captureShare: z.number(),
  execution: ExecutionSettings,
  /** Number of previously deployed versions that stay loaded and can be addressed by their number. */
  previousVersionsLoaded: z.number().int(),
  createdBy: z.string(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
  /** Since when gateways hold none of its versions, by request. */
  unloadedAt: z.date().nullable(),
  /** Deployment that serves; null until something is deployed. */
  current: Deployment.nullable(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** Numbers of the last five minutes. Rates are per second; null means no value. */
export const RecentTraffic = z.object({
  requestsPerSecond: z.number().nullable(),
  /** Share of requests with a status of 500 or more. */
  errorShare: z.number().nullable(),
  latencyMsP95: z.number().nullable(),
});
export type RecentTraffic = z.infer<typeof RecentTraffic>;

/**
 * Whether requests are served, by the gateways alone; the state of an endpoint (server/respond/endpoint-states) adds alerts and incidents.
 * serving: every gateway serves the current version; starting: some still load it; degraded: requests are served, but
 * not everywhere as configured; failed, no-gateway: they are not; empty: nothing is deployed; unloaded: by request.
 */
export const ServingState = z.object({
  kind: z.enum(["serving", "starting", "degraded", "failed", "no-gateway", "empty", "unloaded", "archived"]),
  /** Message for users about what is not as configured. */
  message: z.string().nullable(),
});
export type ServingState = z.infer<typeof ServingState>;

export const EndpointSummary = Endpoint.extend({
  serving: ServingState,
  /** Gateways with a heartbeat in the last 30 s, and the number of them that serve the current version. */
  gateways: z.object({ ready: z.number().int(), total: z.number().int() }),
  recent: RecentTraffic,
  /** Requests per second in steps of five minutes over the last hour, oldest first; null is a gap, empty is no traffic. */
  lastHour: z.array(z.number().nullable()),
});
export type EndpointSummary = z.infer<typeof EndpointSummary>;

export const EndpointDetails = Endpoint.extend({
  serving: ServingState,
  /** Newest first, the current one included. */
  history: z.array(Deployment),
  gateways: z.array(GatewayView),
});
export type EndpointDetails = z.infer<typeof EndpointDetails>;

/** The model's name on the wire. "stats" is a reserved word there. */
const EndpointName = z
  .string("Enter a name.")
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    "Must start with a letter or digit and contain only letters, digits, dots, hyphens and underscores (at most 128 characters).",
  )
  .refine((name) => name !== "stats", '"stats" is a reserved name.');

export const CreateEndpoint = z.object({
  name: EndpointName,
  description: z.string().trim().max(2000).default(""),
  captureShare: z.number().min(0).max(1).default(0.1),
  previousVersionsLoaded: z.number().int().min(0).max(10).default(0),
});
export type CreateEndpoint = z.input<typeof CreateEndpoint>;

export const ChangePurpose = z.enum(changePurposes);
export type ChangePurpose = z.infer<typeof ChangePurpose>;
