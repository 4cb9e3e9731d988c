import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { datasetUploads } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Days in which a failed upload is shown, and one that Leeway gave up may be tried again. */
export const shownDays = 7;

const unread = inArray(datasetUploads.state, ["waiting", "running"]);
const retryable = sql`${datasetUploads.state} = 'failed' and ${datasetUploads.problem} @> '{"canRetry": true}'
  and ${datasetUploads.finishedAt} > now() - make_interval(days => ${shownDays})`;
const ofWorkspace = (ctx: Context) => eq(datasetUploads.workspaceId, ctx.actor.workspaceId);

/** Selects an upload that is not processed yet. */
export function isUnread(ctx: Context, uploadId: string): SQL | undefined {
  return and(eq(datasetUploads.id, uploadId), ofWorkspace(ctx), unread);
}

/** Selects an upload whose processing failed recently and can be retried. */
export function isRetryable(ctx: Context, uploadId: string): SQL | undefined {
  return and(eq(datasetUploads.id, uploadId), ofWorkspace(ctx), retryable);
}

/** Selects uploads whose files must stay although no version has them: unprocessed or retryable ones. */
export function keepsFile(ctx: Context): SQL | undefined {
  return and(ofWorkspace(ctx), or(unread, retryable));
}
