import { externalChanges } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { permitAnyEndpoint } from "#server/serve/endpoints/permit-endpoint.ts";
import { type Change, RecordChange } from "./contract.ts";
import { changeOfRow } from "./external-changes.ts";

/** Clocks of pipelines may be a little ahead. */
const maxAheadMs = 5 * minuteMs;

/**
 * Records a change that Leeway cannot detect itself, such as a data load or a flag, so that charts and incidents show it.
 * @throws DomainError "not-found" for the endpoint, "invalid" for a time in the future
 */
export async function recordChange(ctx: Context, input: RecordChange, idempotencyKey?: string): Promise<Change> {
  permit(ctx, "recordChange");
  const values = RecordChange.parse(input);
  if (values.at && values.at.getTime() > Date.now() + maxAheadMs) {
    throw new DomainError("invalid", "The time is in the future. Record changes after they happen.", { field: "at" });
  }
  if (values.endpointId) await findEndpointById(ctx, values.endpointId);
  else permitAnyEndpoint(ctx, "record workspace-wide changes");
  const change = await once(ctx, "recordChange", idempotencyKey, values, (ctx) => insertChange(ctx, values));
  return { ...change, at: new Date(change.at) };
}

function insertChange(ctx: Context, input: ReturnType<typeof RecordChange.parse>): Promise<Change> {
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: reportedBy } = ctx.actor;
    const { at = new Date(), url = null, ...rest } = input;
    const [row] = await ctx.db
      .insert(externalChanges)
      .values({ workspaceId, ...rest, url, at, reportedBy })
      .returning();
    if (!row) throw new Error("The change was not inserted.");
    const { kind, title } = input;
    await record(ctx, "change.recorded", { subject: `change/${row.id}`, after: { kind, title, at, url } });
    await publish(ctx, "incident", row.id);
    return changeOfRow(row);
  });
}
