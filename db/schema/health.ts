import { sql } from "drizzle-orm";
import { bigint, doublePrecision, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { milliseconds } from "./columns.ts";
import { runs } from "./tracking.ts";

const runId = () => text().references(() => runs.id, { onDelete: "cascade" });

/** A problem of a run, with its start and end. At most one of each kind is open. */
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
    /** Start of the problem, by the clock of the logging client. */
    since: milliseconds().notNull(),
    foundAt: milliseconds().notNull(),
    /** End of the problem; null while it is open. */
    until: milliseconds(),
    words: text().notNull(),
  },
  (table) => [
    uniqueIndex("run_findings_open").on(table.runId, table.kind).where(sql`${table.until} is null`),
    index("run_findings_run").on(table.runId),
    index("run_findings_workspace").on(table.workspaceId, table.since).where(sql`${table.until} is null`),
  ],
);

/** The worker's progress in checking a run, and the time of the next check if the run sends no updates. */
export const runHealthChecks = pgTable(
  "run_health_checks",
  {
    runId: runId().primaryKey(),
    workspaceId: uuid().notNull(),
    /** updatedAt of the run at the time of the check. */
    seenUpdatedAt: milliseconds().notNull(),
    /** Null for a run that has ended. */
    dueAt: milliseconds(),
  },
  (table) => [index("run_health_checks_due").on(table.dueAt).where(sql`${table.dueAt} is not null`)],
);
