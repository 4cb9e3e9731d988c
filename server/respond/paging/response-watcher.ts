import { asc, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { type Attempt, attemptOnce, Watcher } from "#server/platform/jobs/watcher.ts";
import { attachDueFacts } from "../incidents/attach-due-facts.ts";
import { openResponse } from "./open-response.ts";

/**
 * Does what follows from a page, after it: opens incidents, and attaches their facts. Each in its own transaction and apart from the loop
 * that pages, so that neither a failure nor a slow query delays a page.
 */
export function responseWatcher(db: Database): Watcher {
  return new Watcher({
    name: "responses",
    db,
    everyMs: 1_000,
    maxRetryMs: 60_000,
    run: ({ attempt }) => respondDue(db, attempt),
  });
}

/**
 * Opens the incidents of all notified pages, in every workspace, and attaches the facts that are due. Reads them all: with a limit, as many
 * that fail would keep every other one waiting.
 */
export async function respondDue(db: Database, attempt: Attempt = attemptOnce): Promise<void> {
  const groups = await db
    .select({ id: alertGroups.id, workspaceId: alertGroups.workspaceId })
    .from(alertGroups)
    .where(isNotNull(alertGroups.responseDueAt))
    .orderBy(asc(alertGroups.responseDueAt));
  for (const { id, workspaceId } of groups) {
    const ctx = systemContext(db, workspaceId, "open-response");
    await attempt({ id: `group ${id}`, workspaceId }, () => openResponse(ctx, id));
  }
  const due = await db
    .select({ id: incidents.id, workspaceId: incidents.workspaceId })
    .from(incidents)
    .where(isNotNull(incidents.factsDue))
    .orderBy(asc(incidents.createdAt));
  for (const { id, workspaceId } of due) {
    const ctx = systemContext(db, workspaceId, "attach-facts");
    await attempt({ id: `facts ${id}`, workspaceId }, () => attachDueFacts(ctx, id));
  }
}
