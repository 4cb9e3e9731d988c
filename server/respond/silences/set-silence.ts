import { eq } from "drizzle-orm";
import { silences } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { formatCount } from "#server/base/format-number.ts";
import { record } from "#server/platform/audit/record.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { lockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { checkPattern } from "../../alerting/alerts/matchers/matches.ts";
import { printMatchers } from "../../alerting/alerts/matchers/print-matchers.ts";
import { SetSilence, type Silence } from "../../alerting/alerts/silences/contract.ts";
import { publishSilences } from "../../alerting/alerts/silences/publish-silences.ts";
import { lockSilence, type SilenceRow, silenceViews } from "../../alerting/alerts/silences/silence-rows.ts";
import { canUpdateInPlace, checkSilence, expired } from "../../alerting/alerts/silences/silence-rules.ts";
import { countMuted, findMatching, refreshMuting } from "./refresh-matching.ts";
import { confirmAnnotation, refuseTooWide } from "./refuse-too-wide.ts";

/**
 * Creates or updates a silence: in place where the record of muted alerts stays correct, otherwise expires the old one and creates a new
 * one (docs/spec/alerting.md section 7). Updates the muted alerts immediately.
 * @returns the silence, with a different id where a new one was created
 * @throws DomainError "invalid" with the field; "not-found" for the id; "conflict" where it would mute more than half of the firing alerts
 */
export async function setSilence(ctx: Context, input: SetSilence, at?: number): Promise<Silence> {
  permit(ctx, "setSilence");
  const { id, confirm, ...given } = SetSilence.parse(input);
  const { [confirmAnnotation]: confirmed, ...annotations } = given.annotations;
  for (const matcher of given.matchers) checkPattern(matcher);
  return transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    const now = at ?? (await databaseNow(ctx.db));
    const old = id === undefined ? undefined : await lockSilence(ctx, id);
    const endsAt = given.endsAt.getTime();
    const isRetained =
      old !== undefined &&
      canUpdateInPlace(timesOf(old), { ...given, startsAt: given.startsAt.getTime(), endsAt }, now);
    const startsAt = isRetained ? given.startsAt.getTime() : Math.max(given.startsAt.getTime(), now);
    checkSilence({ matchers: given.matchers, startsAt, endsAt }, now);
    const matched = await findMatching(ctx, [given.matchers], now);
    const typed = confirm ?? (confirmed === undefined ? undefined : Number(confirmed));
    if (!isRetained && startsAt <= now) refuseTooWide(matched, typed);
    const before = old ? await findMatching(ctx, [old.matchers], now) : undefined;
    const row = await write(
      ctx,
      { ...given, annotations, startsAt: new Date(startsAt) },
      { old, isKept: isRetained, now },
    );
    const action = isRetained ? "silence.changed" : "silence.created";
    const after = {
      matchers: printMatchers(given.matchers),
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      comment: row.comment,
    };
    await record(ctx, action, { subject: `silence/${row.id}`, after });
    const groups = await refreshMuting(ctx, [...new Set([...matched.groupIds, ...(before?.groupIds ?? [])])], now);
    const ofIncidents = groups.filter(({ incidentId }) => incidentId !== null).map(({ id }) => id);
    for (const { groupId, muted, firing } of await countMuted(ctx, row.id, ofIncidents, now)) {
      const what =
        muted === firing ? "Silenced" : `${formatCount(muted)} of ${formatCount(firing)} firing alerts silenced`;
      const title = `${what} until ${row.endsAt.toISOString().slice(0, 16).replace("T", " ")} UTC: ${row.comment}`;
      await noteForGroup(ctx, groupId, { at: new Date(now), kind: "silence", title });
    }
    await publishSilences(ctx);
    const [silence] = await silenceViews(ctx, [row], now);
    return silence as Silence;
  });
}

function timesOf(row: SilenceRow) {
  return { matchers: row.matchers, startsAt: row.startsAt.getTime(), endsAt: row.endsAt.getTime() };
}

async function write(
  ctx: Context,
  { createdBy, ...input }: Omit<ReturnType<typeof SetSilence.parse>, "id" | "confirm">,
  { old, isKept: isRetained, now }: { old: SilenceRow | undefined; isKept: boolean; now: number },
): Promise<SilenceRow> {
  const updatedAt = new Date(now);
  if (old && isRetained) {
    // Notifies again about the new end.
    const values = { ...input, ...(createdBy && { createdBy }), updatedAt, noticedAt: null };
    const [row] = await ctx.db.update(silences).set(values).where(eq(silences.id, old.id)).returning();
    return row as SilenceRow;
  }
  if (old) {
    const times = expired(timesOf(old), now);
    const over = { startsAt: new Date(times.startsAt), endsAt: new Date(times.endsAt), updatedAt };
    await ctx.db.update(silences).set(over).where(eq(silences.id, old.id));
  }
  const { workspaceId, name } = ctx.actor;
  const values = { ...input, workspaceId, createdBy: createdBy ?? name, createdById: await personOf(ctx), updatedAt };
  const [row] = await ctx.db.insert(silences).values(values).returning();
  return row as SilenceRow;
}
