import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockIncident } from "../incident-rows.ts";
import { OfIncident, type PostMortem } from "./contract.ts";
import { createPostMortem } from "./create-post-mortem.ts";
import { draftOf } from "./draft.ts";
import { gatherFacts } from "./gather-facts.ts";
import { findPostMortem } from "./queries.ts";
import { replacePostMortem } from "./replace-post-mortem.ts";

/**
 * Drafts the post-mortem of an incident from its events, again where there is one that is not done: what was written before stays as a
 * revision. @throws DomainError "not-found"; "conflict" when it is done
 */
export async function draftPostMortem(ctx: Context, input: OfIncident): Promise<PostMortem> {
  permit(ctx, "draftPostMortem");
  const { number } = OfIncident.parse(input);
  return transact(ctx, async (ctx) => {
    const { id } = await lockIncident(ctx, number);
    const before = await findPostMortem(ctx, id);
    if (before?.state === "done") {
      throw new DomainError(
        "conflict",
        "This post-mortem is already complete. Edit it instead of regenerating the draft.",
      );
    }
    if (before) {
      const body = draftOf(await gatherFacts(ctx, number));
      await replacePostMortem(
        ctx,
        { incidentId: id, revision: before.revision },
        { body, state: "draft", waiver: null },
      );
    } else await createPostMortem(ctx, number);
    await record(ctx, "post-mortem.drafted", { subject: `incident/${number}` });
    await publish(ctx, "incident", id);
    const drafted = await findPostMortem(ctx, id);
    if (!drafted) throw new Error("The post-mortem was not drafted.");
    return drafted;
  });
}
