import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const workspaces = pgTable("workspaces", {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  /** Where days, weeks and months of costs and reports begin: an IANA name. */
  timeZone: text().notNull().default("UTC"),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Since when nobody may enter it. Who and why, the audit log says. */
  archivedAt: timestamp({ withTimezone: true }),
});
