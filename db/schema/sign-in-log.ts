import { bigint, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { belongsTo, instant } from "./columns.ts";
import { apiTokens } from "./identity.ts";

/**
 * Failed and throttled sign-ins that belong together: the audit log records the first of an episode, and their count once it has ended.
 * Its rows are few, whatever anyone sends.
 */
export const signInEpisodes = pgTable("sign_in_episodes", {
  /** Kind and person, or kind and network for an unknown email: "sign-in.failed user/ada@example.test". */
  key: text().primaryKey(),
  action: text().notNull(),
  subject: text().notNull(),
  firstAt: instant().notNull(),
  lastAt: instant().notNull(),
  /** Attempts since `firstAt`. */
  count: bigint({ mode: "number" }).notNull(),
});

/** Networks from which a token has been used: the latest ones only. */
export const tokenNetworks = pgTable(
  "token_networks",
  {
    tokenId: belongsTo(() => apiTokens.id),
    /** IPv4 /24 or IPv6 /48: "192.0.2.0/24". */
    network: text().notNull(),
    firstUsedAt: instant().notNull().defaultNow(),
    lastUsedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tokenId, table.network] })],
);
