import { z } from "zod";
import { Alias } from "../aliases/contract.ts";
import { checked, Description } from "../checked-text.ts";
import { problemOfModelName } from "../names.ts";
import { NewTag, Tag } from "../tags/contract.ts";
import { EndpointReference, inspectionStates, ModelVersion } from "../versions/contract.ts";

export const RegisteredModel = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  ownerName: z.string(),
  /** The person of that name; null when it is only a name, such as that of a pipeline. */
  ownerId: z.uuid().nullable(),
  tags: z.array(Tag),
  aliases: z.array(Alias),
  /** The highest version of each stage. */
  latestVersions: z.array(ModelVersion),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type RegisteredModel = z.infer<typeof RegisteredModel>;

/** A row of the list of models. */
export const ModelSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  ownerName: z.string(),
  versionCount: z.number().int(),
  latestVersion: z
    .object({ version: z.number().int(), inspection: z.enum(inspectionStates), createdAt: z.number().int() })
    .nullable(),
  aliases: z.array(Alias),
  endpoints: z.array(EndpointReference.extend({ version: z.number().int() })),
  updatedAt: z.number().int(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

export const ModelKey = z.object({ name: z.string() });
export type ModelKey = z.infer<typeof ModelKey>;

export const CreateRegisteredModel = z.object({
  name: checked(problemOfModelName),
  description: Description.default(null),
  tags: z.array(NewTag).max(1000).default([]),
});
export type CreateRegisteredModel = z.input<typeof CreateRegisteredModel>;

export const RenameRegisteredModel = z.object({ name: z.string(), newName: checked(problemOfModelName) });
export type RenameRegisteredModel = z.input<typeof RenameRegisteredModel>;

/** Null takes the description away. */
export const UpdateRegisteredModel = z.object({ name: z.string(), description: Description });
export type UpdateRegisteredModel = z.input<typeof UpdateRegisteredModel>;

/** An owner is a person of the workspace. */
export const SetModelOwner = z.object({ name: z.string(), ownerId: z.uuid() });
export type SetModelOwner = z.infer<typeof SetModelOwner>;
