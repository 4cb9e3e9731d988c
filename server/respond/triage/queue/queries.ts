import { and, asc, desc, eq, isNull, or, sql } from "drizzle-orm";
import { z } from "zod";
import { teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { queueFilters } from "../constants.ts";
import { ListQueue, type Queue, type QueueFilter, type QueueRow } from "../contract.ts";
import { closedLines, lastPageAt } from "./closed-lines.ts";
import { hydrate } from "./hydrate.ts";
import { lineColumns, linesOf, type PlacedLine, queueLines } from "./queue-sql.ts";

/**
 * Lists the queue, worst first: incidents by their stage (act, watch, resolve), then tickets; among each other by burn rate (at most 100)
 * times share of the traffic; silenced lines come last. An incident and all its groups are one line.
 * @returns `next`, the `cursor` of the following page; undefined at the end. @throws DomainError "invalid" for an invalid cursor
 */
export async function listQueue(ctx: Context, input: ListQueue = {}): Promise<Queue> {
  permit(ctx, "listQueue");
  const { filter, team, limit, cursor } = ListQueue.parse(input);
  const userId = await personOf(ctx);
  const ofTeam = team === undefined ? sql`` : sql`and team_id = ${team}`;
  const after =
    cursor === undefined ? sql`` : sql`and (place, id) < (${cursorPosition(cursor)}::float8, ${idOf(cursor)}::uuid)`;
  const [found, counts, closed, lastPage] = await sideBySide(ctx, [
    () =>
      ctx.db.execute<PlacedLine>(sql`${queueLines(ctx, userId)}
        select ${lineColumns} from placed where ${linesOf[filter]} ${ofTeam} ${after} order by place desc, id desc limit ${limit + 1}`),
    () =>
      ctx.db.execute(sql`${queueLines(ctx, userId)}
        select ${sql.join(
          queueFilters.map((each) => sql`count(*) filter (where ${linesOf[each]})::int as ${sql.identifier(each)}`),
          sql`, `,
        )}, ${countsByTeam} as teams from placed`),
    () => closedLines(ctx),
    () => lastPageAt(ctx),
  ]);
  const page = found.rows.slice(0, limit);
  const { teams: byTeam, ...byFilter } = rowOf(Counts, counts);
  const last = found.rows.length > limit ? page.at(-1) : undefined;
  return {
    rows: await hydrate(ctx, page),
    counts: byFilter,
    teams: await readTeams(ctx, { counts: byTeam, userId, team }),
    ...closed,
    lastPageAt: lastPage,
    ...(last && { next: `${last.place}_${last.id}` }),
  };
}

/** Lines by the id of their team, those of no team left out. */
const countsByTeam = sql`(select coalesce(jsonb_object_agg(team_id, lines), '{}') from
  (select team_id, count(*)::int as lines from placed where team_id is not null group by team_id) of_team)`;

const count = z.number().int();
const Counts = z.object({
  ...(Object.fromEntries(queueFilters.map((each) => [each, count])) as Record<QueueFilter, typeof count>),
  teams: z.record(z.string(), count),
});

interface TeamsOf {
  counts: Record<string, number>;
  userId: string | null;
  /** The requested one, which is shown even without lines. */
  team: string | undefined;
}

async function readTeams(ctx: Context, { counts, userId, team }: TeamsOf): Promise<Queue["teams"]> {
  const isOwn = sql<boolean>`exists (select 1 from team_members member where member.team_id = teams.id
    and member.user_id::text = ${userId ?? ""})`;
  const shown = [...Object.keys(counts), ...(team ? [team] : [])];
  const found = await ctx.db
    .select({ id: teams.id, name: teams.name, isOwn })
    .from(teams)
    .where(
      and(
        eq(teams.workspaceId, ctx.actor.workspaceId),
        isNull(teams.archivedAt),
        or(isOwn, sql`${teams.id}::text = any(${sql.param(shown)}::text[])`),
      ),
    )
    .orderBy(desc(isOwn), asc(teams.name));
  return found.map((each) => ({ ...each, count: counts[each.id] ?? 0 }));
}

/** Counts unacknowledged lines, pages only: the number in the sidebar. */
export async function countUnacknowledgedPages(ctx: Context): Promise<number> {
  permit(ctx, "countUnacknowledgedPages");
  const { rows } = await ctx.db.execute<{ count: number }>(sql`${queueLines(ctx, null)}
    select count(*)::int as count from placed where pages and state = 'unacknowledged'`);
  return rows[0]?.count ?? 0;
}

/** Finds one line by the id of its incident or of any of its groups; undefined when none of it is open. */
export async function findLine(ctx: Context, id: string): Promise<QueueRow | undefined> {
  const { rows } = await ctx.db.execute<PlacedLine>(sql`${queueLines(ctx, null)}
    select ${lineColumns} from placed where id = ${id}::uuid`);
  const [row] = await hydrate(ctx, rows);
  return row;
}

function cursorPosition(cursor: string): number {
  const index = Number(cursor.split("_")[0]);
  if (!Number.isFinite(index)) throw noCursor();
  return index;
}

function idOf(cursor: string): string {
  const id = cursor.split("_")[1] ?? "";
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw noCursor();
  return id;
}

function noCursor(): DomainError {
  return new DomainError("invalid", "Invalid cursor for this list. Omit it to start from the beginning.");
}
