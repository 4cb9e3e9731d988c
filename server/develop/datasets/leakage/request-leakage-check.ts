import { leakageChecks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion } from "../lookups.ts";
import { type LeakageCheck, RequestLeakageCheck } from "./contract.ts";
import { toLeakageCheck } from "./queries.ts";

/**
 * Requests a check whether rows of one split are in another; a job runs it. One of the two sides must be of the dataset that the check
 * belongs to.
 * @throws DomainError "invalid" if both sides are the same rows, "not-found" if Leeway does not have the rows of one.
 */
export async function requestLeakageCheck(ctx: Context, input: RequestLeakageCheck): Promise<LeakageCheck> {
  permit(ctx, "requestLeakageCheck");
  const { name, question } = RequestLeakageCheck.parse(input);
  const { left, right } = question;
  if (left.name !== name && right.name !== name) {
    throw new DomainError("invalid", `Neither side is a version of "${name}".`);
  }
  if (JSON.stringify(left) === JSON.stringify(right)) {
    throw new DomainError(
      "invalid",
      "Both sides contain the same rows. Choose two versions, or two values of a column.",
    );
  }
  return transact(ctx, async (ctx) => {
    await findUploadedVersion(ctx, left);
    await findUploadedVersion(ctx, right);
    const { workspaceId, name: createdBy } = ctx.actor;
    const [row] = await ctx.db.insert(leakageChecks).values({ workspaceId, name, question, createdBy }).returning();
    if (!row) throw new Error("The check was not stored.");
    await record(ctx, "dataset.leakage-check-requested", { subject: `dataset/${name}`, after: question });
    await enqueue(ctx, "find-leakage", { checkId: row.id });
    await publish(ctx, "dataset", name);
    return toLeakageCheck(row);
  });
}
