import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { ExecutionChange, ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { NewEngine } from "../engines/contract.ts";
import { ChangePurpose, CreateEndpoint } from "./contract.ts";

const endpointId = z.uuid();
const Reason = z.string().trim().max(2000).default("");

/** Omitted fields stay unchanged. */
export const UpdateEndpoint = z.object({
  endpointId,
  description: CreateEndpoint.shape.description.removeDefault().optional(),
  captureShare: CreateEndpoint.shape.captureShare.removeDefault().optional(),
  previousVersionsLoaded: CreateEndpoint.shape.previousVersionsLoaded.removeDefault().optional(),
  execution: ExecutionChange.optional(),
});
export type UpdateEndpoint = z.input<typeof UpdateEndpoint>;

export const ArchiveEndpoint = z.object({ endpointId, reason: Reason });
export type ArchiveEndpoint = z.input<typeof ArchiveEndpoint>;

export const LoadEndpoint = z.object({ endpointId });
export type LoadEndpoint = z.input<typeof LoadEndpoint>;

export const UnloadEndpoint = z.object({ endpointId, reason: Reason });
export type UnloadEndpoint = z.input<typeof UnloadEndpoint>;

/** Exactly one of `version` and `alias`; the alias "latest" is the highest version. */
export const NewDeployment = z.object({
  model: z.string().max(limits.nameLength).min(1),
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  alias: z.string().min(1).max(256).optional(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
  /** A server elsewhere that runs it. */
  engine: NewEngine.optional(),
  reason: Reason,
  /** Repairs and rollbacks are allowed where the error budget makes other changes wait. */
  purpose: ChangePurpose.default("change"),
  /** Whether to deploy despite the error budget; the reason is then required, and stored with the user's name. */
  overridesBudget: z.boolean().default(false),
  /** Whether to unblock the version if the endpoint was rolled back from it; the reason is then required. */
  overridesBlock: z.boolean().default(false),
});
export const DeployVersion = NewDeployment.extend({ endpointId })
  .refine(
    ({ version, alias }) => (version === undefined) !== (alias === undefined),
    "Specify either a version or an alias.",
  )
  .refine(
    ({ engine, providers }) => !engine || providers.length === 0,
    "External engines choose their own execution provider.",
  );
export type DeployVersion = z.input<typeof DeployVersion>;

export const ListEndpoints = z.object({
  /** Archived ones too. */
  withArchived: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(100),
  /** The last name of the page before. */
  after: z.string().optional(),
});
export type ListEndpoints = z.input<typeof ListEndpoints>;

export const GetEndpoint = z.object({ name: z.string() });
export type GetEndpoint = z.input<typeof GetEndpoint>;
