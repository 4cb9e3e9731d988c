import { sql } from "drizzle-orm";
import { bigint, doublePrecision, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { milliseconds } from "./columns.ts";
import { runs } from "./tracking.ts";

const runId = () => text().references(() => runs.id, { onDelete: "cascade" });

/** Something wrong with a run, from when until when. At most one of a kind is open. */
export const runFindings = pgTable(
  "run_findings",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: uuid().notNull(),
    runId: runId().notNull(),
    /** One of findingKinds in server/develop/tracking/health/contract.ts. */
    kind: text().notNull(),
    metric: text(),
    step: bigint({ mode: "number" }),
    value: doublePrecision(),
    /** When it began, by the clock of who logged. */
    since: milliseconds().notNull(),
    foundAt: milliseconds().notNull(),
    /** When it was over; null while it is so. */
    until: milliseconds(),
    words: text().notNull(),
  },
  (table) => [
    uniqueIndex("run_findings_open").on(table.runId, table.kind).where(sql`${table.until} is null`),
    index("run_findings_run").on(table.runId),
    index("run_findings_workspace").on(table.workspaceId, table.since).where(sql`${table.until} is null`),
  ],
);

/** How far the worker has looked at a run, and when it has to look again if the run stays silent. */
export const runHealthChecks = pgTable(
  "run_health_checks",
  {
    runId: runId().primaryKey(),
    workspaceId: uuid().notNull(),
    /** updatedAt of the run when it was looked at. */
    seenUpdatedAt: milliseconds().notNull(),
    /** Null for a run that has ended. */
    dueAt: milliseconds(),
  },
  (table) => [index("run_health_checks_due").on(table.dueAt).where(sql`${table.dueAt} is not null`)],
);
