import { pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/** Every process of a role, renewed every few seconds by itself. Above workspaces, since all of them share the roles. */
export const roleHeartbeats = pgTable("role_heartbeats", {
  /** Host, process id and a random part: one start of one process. */
  instance: text().primaryKey(),
  role: text({ enum: ["web", "gateway", "worker"] }).notNull(),
  /** Version of Leeway. */
  version: text().notNull(),
  /** Last migration that it knows. */
  migration: text().notNull(),
  startedAt: instant().notNull(),
  seenAt: instant().notNull(),
  /** Time at which it stopped because it was requested to; null while it runs, and when it ended otherwise. */
  stoppedAt: instant(),
  /** Names of its loops that stand still. */
  standingStill: text().array().notNull(),
});

/** Duties that one process at a time has, until they end or are renewed. */
export const leases = pgTable("leases", {
  name: text().primaryKey(),
  /** Instance of roleHeartbeats. */
  holder: text().notNull(),
  endsAt: instant().notNull(),
});
