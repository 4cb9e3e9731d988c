import { and, asc, count, eq, gte, isNull, lt } from "drizzle-orm";
import { escalations, receivers, teamMembers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { OnCallPerson } from "../../../platform/teams/people/contract.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { findTeam } from "../../../platform/teams/team-of.ts";
import { findOnCall } from "../schedules/find-on-call.ts";
import type { Target } from "./contract.ts";

export interface CallTargets {
  people: OnCallPerson[];
  receivers: { id: string; name: string }[];
  /** Description of each target: "Ines Duarte, on call", "no one is on call". */
  words: string[];
}

interface Case {
  /** Team that owns what is firing. */
  teamId: string | null;
  startedAt: Date;
}

/** Resolves the targets that a step notifies at a moment: each person and receiver once, without disabled users. */
export async function findTargets(
  ctx: Context,
  notify: readonly Target[],
  about: Case,
  at: Date,
): Promise<CallTargets> {
  const targets: CallTargets = { people: [], receivers: [], words: [] };
  for (const target of notify) {
    if (target.kind === "receiver") {
      const receiver = await findReceiver(ctx, target.receiverId);
      if (receiver && !targets.receivers.some(({ id }) => id === receiver.id)) targets.receivers.push(receiver);
      targets.words.push(receiver ? `receiver ${receiver.name}` : "a removed receiver");
      continue;
    }
    const people = await peopleOf(ctx, target, about, at);
    const part = partOf(target);
    targets.words.push(...people.map(({ name }) => (part.role ? `${name}, ${part.role}` : name)));
    if (people.length === 0) targets.words.push(part.nobody);
    targets.people.push(...people.filter(({ userId }) => !targets.people.some((each) => each.userId === userId)));
  }
  return targets;
}

type PeopleTarget = Exclude<Target, { kind: "receiver" }>;

/** Returns the role of a target's people, and the text where there are none. */
function partOf(target: PeopleTarget): { role: string; nobody: string } {
  if (target.kind === "person") return { role: "", nobody: "a disabled user" };
  if (target.who === "on-call") return { role: "on call", nobody: "no one is on call" };
  if (target.who === "second") return { role: "next on call", nobody: "no one is next on call" };
  if (target.who === "leads") return { role: "team lead", nobody: "the team has no lead" };
  return { role: "", nobody: "the team has no members" };
}

async function peopleOf(ctx: Context, target: PeopleTarget, about: Case, at: Date): Promise<OnCallPerson[]> {
  if (target.kind === "person") return named(ctx, [target.userId]);
  if (target.kind === "schedule") return findOnCall(ctx, { scheduleId: target.scheduleId }, at, target.who);
  const teamId = target.teamId ?? about.teamId;
  if (target.who === "on-call" || target.who === "second") return findOnCall(ctx, { teamId }, at, target.who);
  if (!teamId || !(await findTeam(ctx, teamId))) return [];
  const members = await ctx.db
    .select({ userId: teamMembers.userId, part: teamMembers.part })
    .from(teamMembers)
    .where(and(eq(teamMembers.workspaceId, ctx.actor.workspaceId), eq(teamMembers.teamId, teamId)))
    .orderBy(asc(teamMembers.userId));
  const wanted = members.filter(({ part }) => target.who !== "leads" || part === "lead");
  const people = await named(
    ctx,
    wanted.map(({ userId }) => userId),
  );
  if (target.who !== "round-robin" || people.length === 0) return people;
  return people.slice((await turnsBefore(ctx, teamId, about.startedAt)) % people.length).slice(0, 1);
}

/** Time that a round-robin looks back: less than escalations are kept, so that deleting old ones moves no turn. */
const turnsMs = 90 * dayMs;

/** Counts the team's earlier escalations, which determine the turn in a round-robin. */
async function turnsBefore(ctx: Context, teamId: string, startedAt: Date): Promise<number> {
  const [row] = await ctx.db
    .select({ total: count() })
    .from(escalations)
    .where(
      and(
        eq(escalations.workspaceId, ctx.actor.workspaceId),
        eq(escalations.teamId, teamId),
        lt(escalations.startedAt, startedAt),
        gte(escalations.startedAt, new Date(startedAt.getTime() - turnsMs)),
      ),
    );
  return row?.total ?? 0;
}

async function named(ctx: Context, userIds: string[]): Promise<OnCallPerson[]> {
  const people = await findPeople(ctx, userIds);
  return userIds.flatMap((userId) => {
    const person = people.get(userId);
    return person && !person.isDisabled ? [{ userId, name: person.name, email: person.email, until: null }] : [];
  });
}

async function findReceiver(ctx: Context, receiverId: string): Promise<{ id: string; name: string } | undefined> {
  const [row] = await ctx.db
    .select({ id: receivers.id, name: receivers.name })
    .from(receivers)
    .where(
      and(eq(receivers.workspaceId, ctx.actor.workspaceId), eq(receivers.id, receiverId), isNull(receivers.archivedAt)),
    );
  return row;
}
