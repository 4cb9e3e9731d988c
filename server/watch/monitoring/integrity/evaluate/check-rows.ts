import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { formatCount } from "#server/base/format-number.ts";
import { type CheckResult, checkOf } from "../contract.ts";

export interface RowSpan {
  endpointId: string;
  from: Date;
  to: Date;
}

/** Maximum number of requests read from the log, newest first. */
const maxRows = 20_000;

/** Checks that request IDs are unique: an ID repeated with other inputs makes labels join the wrong prediction. */
export async function checkRepeatedIds(ctx: Context, { endpointId, from, to }: RowSpan): Promise<CheckResult> {
  // Reads the inputs of repeated ids only: reading all inputs would take most of the page's load time.
  const { rows } = await ctx.db.execute<{ rows: number; repeated: number; example: string | null }>(sql`
    with newest as (
      select id, at, request_id from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow' and inputs is not null
        and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
      order by at desc limit ${maxRows}
    ), again as (
      select request_id, array_agg(id) as ids, array_agg(at) as times from newest group by request_id having count(*) > 1
    ), repeated as (
      select request_id from again
      where (
        select count(distinct md5(inputs::text)) from unnest(ids, times) as one(id, at) join predictions using (id, at)
      ) > 1
    )
    select (select count(*)::int from newest) as rows, (select count(*)::int from repeated) as repeated,
      (select min(request_id) from repeated) as example`);
  const { rows: seen = 0, repeated = 0, example = null } = rows[0] ?? {};
  const named = { check: "repeated id" as const, feature: "", rows: seen };
  if (seen === 0)
    return checkOf({ ...named, state: "unknown", words: "The prediction log contains no requests with inputs." });
  if (repeated === 0) {
    const words = `No request ID was used twice, among ${formatCount(seen)} logged requests.`;
    return checkOf({ ...named, state: "whole", share: 0, usual: 0, line: 0, words });
  }
  return checkOf({
    ...named,
    state: "broken",
    severity: "ticket",
    share: repeated / seen,
    usual: 0,
    line: 0,
    words: `${formatCount(repeated)} request ID${repeated === 1 ? " was" : "s were"} reused with different inputs, such as "${example?.slice(0, 60)}": labels cannot be attributed.`,
    evidence: { repeated, example },
  });
}
