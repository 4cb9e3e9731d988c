import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { Acknowledgement } from "#server/alerting/alerts/contract.ts";
import { isPageAcknowledged } from "#server/alerting/alerts/groups/acknowledgement.ts";
import { pageWeight } from "#server/alerting/alerts/groups/summarise.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { PagingFacts } from "./decide-escalation.ts";

const Row = z.object({
  workspaceId: z.string(),
  groupId: z.string(),
  hasEnded: z.boolean(),
  acknowledgement: z.unknown(),
  teamId: z.string().nullable(),
  endpointId: z.string().nullable(),
  pagedAt: z.number().nullable(),
  pages: z.number(),
  unmuted: z.number(),
  canPage: z.boolean(),
  escalationId: z.string().nullable(),
  endedAt: z.number().nullable(),
  ended: z.string().nullable(),
  lapsedAt: z.number().nullable(),
  lapsed: z.string().nullable(),
});

/** Facts of a group, with what an escalation of it needs. */
export interface GroupPaging extends PagingFacts {
  workspaceId: string;
  groupId: string;
  /** Team that an alert names, and endpoint that it is about. */
  teamId: string | null;
  endpointId: string | null;
  /** Whether the workspace has a team or a schedule, so that anyone could be paged. */
  canPage: boolean;
  escalationId: string | null;
}

const isEscalating = sql`one.id in (select group_id from escalations where ended_at is null)`;

/** Groups of which an escalation may be due or in progress: open ones with a notified alert, and those with an escalation in progress. */
export const pagingGroups = sql`((one.ended_at is null and one.entry is not null) or ${isEscalating})`;

/** The same without open groups in which only tickets fire: they are most of the groups, and no page is due of them. */
export const pageGroups = sql`(
  (one.ended_at is null and one.entry is not null and one.weight >= ${pageWeight}) or ${isEscalating})`;

/**
 * Reads from the database what determines whether people are paged about groups.
 * @param which condition on the group, which is named "one"
 * @param now milliseconds since 1970: an alert fires until its end
 */
export async function readPagingFacts(db: Database, which: SQL, now: number): Promise<GroupPaging[]> {
  const at = new Date(now);
  const result = await db.execute(sql`
    select one.workspace_id as "workspaceId", one.id as "groupId", one.ended_at is not null as "hasEnded", one.acknowledgement,
      one.summary->>'teamId' as "teamId", one.summary->>'endpointId' as "endpointId", ${ms(sql`one.paged_at`)} as "pagedAt",
      member.pages, member.unmuted,
      exists (select from teams where teams.workspace_id = one.workspace_id and archived_at is null)
        or exists (select from schedules where schedules.workspace_id = one.workspace_id and archived_at is null) as "canPage",
      last.id as "escalationId", ${ms(sql`last.ended_at`)} as "endedAt", last.ended,
      ${ms(sql`last.lapsed_at`)} as "lapsedAt", last.lapsed
    from alert_groups as one
    cross join lateral (
      select count(*)::int as pages, count(*) filter (where member.muted is null)::int as unmuted
      from alert_group_members as member
      join alerts as alert on alert.workspace_id = member.workspace_id and alert.fingerprint = member.fingerprint
      join jsonb_array_elements_text(
        case when jsonb_typeof(one.entry->'firing') = 'array' then one.entry->'firing' else '[]'::jsonb end
      ) as notified(fingerprint) on notified.fingerprint = member.fingerprint
      where member.group_id = one.id and alert.severity = 'page' and alert.ends_at > ${at}
    ) as member
    left join lateral (
      select * from escalations where escalations.group_id = one.id
      order by ended_at is null desc, started_at desc, id desc limit 1
    ) as last on true
    where ${which}`);
  return rowsOf(Row, result).map(({ endedAt, ended, lapsedAt, lapsed, acknowledgement, ...row }) => ({
    ...row,
    // An acknowledgement that cannot be read holds no page back.
    isAcknowledged: isPageAcknowledged(Acknowledgement.safeParse(acknowledgement).data ?? null, now),
    last: row.escalationId === null ? null : { endedAt, ended, lapsedAt, lapsed },
  }));
}

function ms(column: SQL): SQL {
  return sql`(extract(epoch from ${column}) * 1000)::float8`;
}
