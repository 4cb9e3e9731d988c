import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const workspaces = pgTable("workspaces", {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull().unique(),
  name: text().notNull(),
  /** IANA time zone that defines the days, weeks and months of costs and reports. */
  timeZone: text().notNull().default("UTC"),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Time since which nobody may enter it. The audit log says who archived it and why. */
  archivedAt: timestamp({ withTimezone: true }),
});
