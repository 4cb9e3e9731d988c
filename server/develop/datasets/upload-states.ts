import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { datasetUploads, datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/**
 * Days in which a failed upload is shown, and one that Leeway gave up may be tried again. A file whose rows a version had already stays as
 * long, unless it equals the file of that version.
 */
export const shownDays = 7;

const unread = inArray(datasetUploads.state, ["waiting", "running"]);
const retryable = sql`${datasetUploads.state} = 'failed' and ${datasetUploads.problem} @> '{"canRetry": true}'
  and ${datasetUploads.finishedAt} > now() - make_interval(days => ${shownDays})`;
// Another file with the same rows, until its sender has had time to see that the version keeps the first one.
const isOtherFile = sql`${datasetUploads.state} = 'done'
  and ${datasetUploads.finishedAt} > now() - make_interval(days => ${shownDays})
  and exists (select from ${datasetVersions} where ${datasetVersions.id} = ${datasetUploads.versionId}
    and ${datasetVersions.sha256} <> ${datasetUploads.sha256})`;
const ofWorkspace = (ctx: Context) => eq(datasetUploads.workspaceId, ctx.actor.workspaceId);

/** Selects an upload that is not processed yet. */
export function isUnread(ctx: Context, uploadId: string): SQL | undefined {
  return and(eq(datasetUploads.id, uploadId), ofWorkspace(ctx), unread);
}

/** Selects an upload whose processing failed recently and can be retried. */
export function isRetryable(ctx: Context, uploadId: string): SQL | undefined {
  return and(eq(datasetUploads.id, uploadId), ofWorkspace(ctx), retryable);
}

/** Selects uploads whose files must stay although no version has them: unprocessed or retryable ones, and recent ones with other bytes. */
export function keepsFile(ctx: Context): SQL | undefined {
  return and(ofWorkspace(ctx), or(unread, retryable, isOtherFile));
}
