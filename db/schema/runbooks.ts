import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";

/** Instructions in Markdown with check boxes and {{variables}}. */
export const runbooks = pgTable(
  "runbooks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    body: text().notNull(),
    revision: integer().notNull().default(1),
    updatedBy: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("runbooks_name").on(table.workspaceId, table.name)],
);

/** Steps that were ticked for one alert group or incident; the step is its text, so that edits of the runbook do not move ticks. */
export const runbookTicks = pgTable(
  "runbook_ticks",
  {
    workspaceId: ofWorkspace(),
    runbookId: belongsTo(() => runbooks.id),
    /** Id of the alert group or incident. */
    subjectId: uuid().notNull(),
    step: text().notNull(),
    /** Person, or Leeway itself. */
    tickedBy: text().notNull(),
    at: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.subjectId, table.runbookId, table.step] }),
    index("runbook_ticks_runbook").on(table.runbookId),
  ],
);
