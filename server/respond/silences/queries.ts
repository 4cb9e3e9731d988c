import { and, desc, eq, gt, lte, or, sql } from "drizzle-orm";
import { silenceRecurrences, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Matcher } from "../../alerting/alerts/matchers/contract.ts";
import { matches } from "../../alerting/alerts/matchers/matches.ts";
import {
  ListSilences,
  type Silence,
  type SilenceRecurrence,
  silenceStates,
} from "../../alerting/alerts/silences/contract.ts";
import { silenceViews } from "../../alerting/alerts/silences/silence-rows.ts";
import { recurrenceView } from "./recurrence-view.ts";

/** Silences in Alertmanager's order: active by their end, pending by their start, then those that are over, the last first. */
export async function listSilences(ctx: Context, input: ListSilences = {}): Promise<Silence[]> {
  permit(ctx, "listSilences");
  const { states = silenceStates, matchers, recurrenceId, limit } = ListSilences.parse(input);
  const now = new Date();
  const { startsAt, endsAt } = silences;
  const ofState = {
    active: and(lte(startsAt, now), gt(endsAt, now)),
    pending: and(gt(startsAt, now), gt(endsAt, now)),
    expired: lte(endsAt, now),
  };
  if (states.length === 0) return [];
  const rank = sql`case when ${endsAt} <= ${now} then 2 when ${startsAt} > ${now} then 1 else 0 end`;
  const rows = await ctx.db
    .select()
    .from(silences)
    .where(
      and(
        eq(silences.workspaceId, ctx.actor.workspaceId),
        or(...states.map((state) => ofState[state])),
        recurrenceId === undefined ? undefined : eq(silences.recurrenceId, recurrenceId),
      ),
    )
    .orderBy(
      rank,
      sql`case when ${endsAt} <= ${now} then null when ${startsAt} > ${now} then ${startsAt} else ${endsAt} end`,
      desc(endsAt),
      silences.id,
    )
    // Matchers are evaluated below, so silences that do not match must not use up the limit.
    .limit(matchers.length === 0 ? limit : 5000);
  const found = rows.filter((row) => isFilteredBy(row.matchers, matchers)).slice(0, limit);
  return silenceViews(ctx, found, now.getTime());
}

/** Returns one silence. @throws DomainError "not-found" */
export async function getSilence(ctx: Context, input: { silenceId: string }): Promise<Silence> {
  permit(ctx, "getSilence");
  const rows = await ctx.db
    .select()
    .from(silences)
    .where(and(eq(silences.id, input.silenceId), eq(silences.workspaceId, ctx.actor.workspaceId)));
  const [silence] = await silenceViews(ctx, rows, Date.now());
  if (!silence) throw new DomainError("not-found", "Silence not found.");
  return silence;
}

/** Silences that come again, newest first, with their next starts. */
export async function listSilenceRecurrences(ctx: Context): Promise<SilenceRecurrence[]> {
  permit(ctx, "listSilenceRecurrences");
  const rows = await ctx.db
    .select()
    .from(silenceRecurrences)
    .where(eq(silenceRecurrences.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(silenceRecurrences.createdAt))
    .limit(500);
  return rows.map((row) => recurrenceView(row, Date.now()));
}

/** Returns whether a silence passes the filters, as Alertmanager does it: the silence's own matchers are treated as labels. */
function isFilteredBy(
  own: readonly Matcher[],
  filters: readonly { name: string; value: string; isRegex: boolean; isEqual?: boolean }[],
): boolean {
  const labels = Object.fromEntries(own.map(({ name, value }) => [name, value]));
  return filters.every((filter) => matches({ isEqual: true, ...filter }, labels));
}
