import { z } from "zod";
import { checked } from "../checked-text.ts";
import { problemOfAlias } from "../names.ts";
import { VersionKey } from "../versions/contract.ts";

/** Aliases that the console offers; any other name is fine too. */
export const wellKnownAliases = ["champion", "challenger"] as const;

export const Alias = z.object({ alias: z.string(), version: z.number().int() });
export type Alias = z.infer<typeof Alias>;

const Reason = z.string().trim().max(2000).optional();

export const SetAlias = VersionKey.extend({ alias: checked(problemOfAlias), reason: Reason });
export type SetAlias = z.input<typeof SetAlias>;

export const AliasKey = z.object({ name: z.string(), alias: z.string() });
export type AliasKey = z.infer<typeof AliasKey>;

export const DeleteAlias = AliasKey.extend({ reason: Reason });
export type DeleteAlias = z.input<typeof DeleteAlias>;

/**
 * Causes of an alias move: direct by a permitted user; override of the protection, with a reason; approved request; deletion of its
 * version.
 */
const aliasCauses = ["direct", "override", "request", "deletion"] as const;

/** One move of an alias. */
export const AliasChange = z.object({
  id: z.number().int(),
  alias: z.string(),
  /** Null: it pointed at nothing. */
  fromVersion: z.number().int().nullable(),
  /** Null: it points at nothing from then on. */
  toVersion: z.number().int().nullable(),
  cause: z.enum(aliasCauses),
  /** The request that was approved. */
  requestId: z.uuid().nullable(),
  reason: z.string().nullable(),
  actorName: z.string(),
  at: z.date(),
});
export type AliasChange = z.infer<typeof AliasChange>;

export interface ListAliasChanges {
  name: string;
  alias?: string | undefined;
  /** Only changes with a lower id: the last of the page before. */
  before?: number | undefined;
  /** Page size; default 100, at most 500. */
  limit?: number | undefined;
}

/** Target of an alias at a point in time. */
export const AliasAt = z.object({
  alias: z.string(),
  at: z.date(),
  /** Null: it pointed at nothing then. The version may be deleted by now. */
  version: z.number().int().nullable(),
  /** Change that set this target; null if there was none before. */
  since: AliasChange.nullable(),
});
export type AliasAt = z.infer<typeof AliasAt>;

export const GetAliasAt = z.object({ name: z.string(), alias: z.string(), at: z.date() });
export type GetAliasAt = z.infer<typeof GetAliasAt>;
