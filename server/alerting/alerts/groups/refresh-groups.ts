import { isDeepStrictEqual } from "node:util";
import { and, eq, inArray, sql } from "drizzle-orm";
import { teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent, GroupSummary, MutedBy } from "../contract.ts";
import { recordAlertEvents } from "../history/record-alert-events.ts";
import { readMembers, type StoredGroup } from "./group-rows.ts";
import { type Muting, mutedBy } from "./muting.ts";
import { publishGroups } from "./publish-groups.ts";
import { type Member, summarise, weightOfGroup } from "./summarise.ts";

/** Group with its current summary and members. */
export interface FreshGroup {
  group: StoredGroup;
  members: Member[];
}

/** Group that was recounted: its summary before, and the current group. */
export interface GroupChange {
  before: GroupSummary;
  group: StoredGroup;
  now: number;
}

/**
 * Handler called in the same transaction when groups were recounted: incidents are updated, escalations start or end. Responders are a
 * layer above alerting, so it is passed in.
 */
export type AfterChange = (ctx: Context, changes: readonly GroupChange[]) => Promise<void>;

const eventKinds = { silence: "silenced", inhibition: "inhibited", time: "time_muted" } as const;

/**
 * Recounts groups and determines for each alert whether it is muted now, in the caller's transaction, which holds the rows of the groups.
 * Takes a constant number of statements for any number of groups. Changes are recorded and published.
 */
export async function refreshGroups(
  ctx: Context,
  groups: readonly StoredGroup[],
  muting: Muting,
  afterChange: AfterChange,
): Promise<FreshGroup[]> {
  if (groups.length === 0) return [];
  const { now } = muting;
  const ids = groups.map(({ id }) => id);
  const members = await readMembers(ctx, ids, now);
  const byGroup = Map.groupBy(members, ({ groupId }) => groupId);
  const named = await teamsOf(ctx, members);
  const events: AlertEvent[] = [];
  const changedMutes: { groupId: string; fingerprint: string; muted: MutedBy | null }[] = [];
  const changed: { before: GroupSummary; group: StoredGroup }[] = [];
  const fresh = groups.map((group) => {
    const route = muting.routes.get(group.routePath);
    const own = (byGroup.get(group.id) ?? []).map((member) => {
      const muted = route ? mutedBy(muting, route, member.labels) : null;
      if (isDeepStrictEqual(muted, member.muted)) return member;
      changedMutes.push({ groupId: group.id, fingerprint: member.fingerprint, muted });
      if (muted) events.push(muteEvent(group, member, muted));
      return { ...member, muted };
    });
    const summary = summarise(own, named) ?? { ...group.summary, firing: 0, resolved: 0, muted: 0 };
    const next = { ...group, summary };
    if (!isDeepStrictEqual(summary, group.summary)) changed.push({ before: group.summary, group: next });
    return { group: next, members: own };
  });
  await writeMutes(ctx, changedMutes);
  await writeSummaries(
    ctx,
    changed.map(({ group }) => group),
  );
  await recordAlertEvents(ctx, events, new Date(now));
  // All of them: equal summaries may stand for other alerts.
  await afterChange(
    ctx,
    fresh.map(({ group }, index) => ({ before: groups[index]?.summary ?? group.summary, group, now })),
  );
  await publishGroups(
    ctx,
    changed.map(({ group }) => group.id),
  );
  return fresh;
}

function muteEvent(group: StoredGroup, { fingerprint, ruleKey }: Member, { by, ref, words }: MutedBy): AlertEvent {
  const of = { fingerprint, groupId: group.id, groupKey: group.groupKey, ruleKey };
  return { kind: eventKinds[by], ...of, ref, data: { words } };
}

async function writeMutes(
  ctx: Context,
  changes: readonly { groupId: string; fingerprint: string; muted: MutedBy | null }[],
): Promise<void> {
  if (changes.length === 0) return;
  await ctx.db.execute(sql`
    update alert_group_members as member
    set muted = nullif(change.muted, 'null'::jsonb)
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change("groupId" uuid, fingerprint text, muted jsonb)
    where member.group_id = change."groupId" and member.fingerprint = change.fingerprint`);
}

async function writeSummaries(ctx: Context, groups: readonly StoredGroup[]): Promise<void> {
  if (groups.length === 0) return;
  const rows = groups.map(({ id, summary }) => ({ id, summary, weight: weightOfGroup(summary) }));
  await ctx.db.execute(sql`
    update alert_groups as one
    set summary = change.summary, weight = change.weight
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as change(id uuid, summary jsonb, weight float8)
    where one.id = change.id`);
}

/** Teams are named in labels; the id of each by its name. */
async function teamsOf(ctx: Context, members: readonly Member[]): Promise<Map<string, string>> {
  const names = [...new Set(members.flatMap(({ labels }) => labels.team ?? []))];
  if (names.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: teams.id, name: teams.name })
    .from(teams)
    .where(and(eq(teams.workspaceId, ctx.actor.workspaceId), inArray(teams.name, names)));
  return new Map(rows.map(({ id, name }) => [name, id]));
}
