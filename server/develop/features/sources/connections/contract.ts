import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { FeatureName } from "../../names.ts";

export const DefineFeatureConnection = z.object({
  name: FeatureName,
  description: z.string().max(10_000).default(""),
  /** "postgresql://user:password@host:port/database?sslmode=verify-full". Left out: the one that is stored. */
  url: z.string().min(1).max(2_000).optional(),
});
export type DefineFeatureConnection = z.input<typeof DefineFeatureConnection>;

export const DeleteFeatureConnection = z.object({
  name: z.string().max(limits.nameLength),
  /** Recorded in the audit log. */
  reason: z.string().trim().min(1).max(2_000).optional(),
});
export type DeleteFeatureConnection = z.input<typeof DeleteFeatureConnection>;

/** A database from which SQL sources read. The connection string is not shown again. */
export const FeatureConnection = z.object({
  name: z.string(),
  description: z.string(),
  address: z.string().describe("User, host, port and database."),
  hasSecret: z.boolean().describe("False once the master key of secrets was lost: enter the URL again."),
  createdBy: z.string(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type FeatureConnection = z.infer<typeof FeatureConnection>;
