import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockIncident } from "../incident-rows.ts";
import { addTimelineEvent } from "../timeline/add-timeline-event.ts";
import { type PostMortem, WritePostMortem } from "./contract.ts";
import { findPostMortem } from "./queries.ts";
import { replacePostMortem } from "./replace-post-mortem.ts";

/**
 * Replaces the text of a post-mortem, and sets whether it is complete. Every earlier text is kept.
 * @throws DomainError "not-found"; "conflict" if there is no draft yet, or it has changed since it was read
 */
export async function writePostMortem(ctx: Context, input: WritePostMortem): Promise<PostMortem> {
  permit(ctx, "writePostMortem");
  const { number, body, isDone, revision } = WritePostMortem.parse(input);
  return transact(ctx, async (ctx) => {
    const { id: incidentId } = await lockIncident(ctx, number);
    const before = await findPostMortem(ctx, incidentId);
    if (!before) throw new DomainError("conflict", "No draft yet. Generate one from the timeline first.");
    const state = isDone ? "done" : "draft";
    await replacePostMortem(ctx, { incidentId, revision }, { body, state, waiver: null });
    if (isDone && before.state !== "done") {
      await addTimelineEvent(ctx, incidentId, { kind: "edit", title: "Post-mortem completed" });
    }
    await record(ctx, isDone ? "post-mortem.completed" : "post-mortem.written", {
      subject: `incident/${number}`,
      after: { revision: revision + 1 },
    });
    await publish(ctx, "incident", incidentId);
    return (await findPostMortem(ctx, incidentId)) ?? before;
  });
}
