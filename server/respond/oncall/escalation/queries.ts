import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { escalationPolicies, escalations, receivers, schedules, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { defaultPolicy, EscalationStep, type NextEscalation, type Policy } from "./contract.ts";
import { stepAfter } from "./decide-step.ts";
import { describePolicy } from "./describe-policy.ts";
import { findTargets } from "./find-targets.ts";

/** Returns the next escalation of a group and its time, unless someone acknowledges it before; null where there is none. */
export async function nextEscalation(ctx: Context, groupId: string): Promise<NextEscalation | null> {
  permit(ctx, "nextEscalation");
  const [row] = await ctx.db
    .select()
    .from(escalations)
    .where(
      and(
        eq(escalations.workspaceId, ctx.actor.workspaceId),
        eq(escalations.groupId, groupId),
        isNull(escalations.endedAt),
      ),
    );
  const steps = EscalationStep.array().parse(row?.steps ?? []);
  const step = row && steps[row.step];
  if (!step || !row.nextAt) return null;
  const { people, receivers: also, words } = await findTargets(ctx, step.notify, row, row.nextAt);
  const targets = { people, receivers: also.map(({ name }) => name), words };
  const { policyName: policy, nextAt, startedAt } = row;
  const course = { ...row, steps, nextAt: nextAt.getTime() };
  const after = stepAfter(course, course.nextAt, true);
  const last = after && steps[after.step];
  const following = last && {
    at: new Date(after.at),
    words: (await findTargets(ctx, last.notify, row, new Date(after.at))).words,
  };
  const before = steps[row.step - 1];
  const waitMs = before
    ? (step.waitMinutes - before.waitMinutes) * minuteMs
    : Math.max(0, nextAt.getTime() - startedAt.getTime());
  const place = { at: nextAt, step: row.step + 1, steps: steps.length, policy, waitMs };
  return { ...place, ...targets, following: following ?? null };
}

/** Lists the default policy, then every other policy that is not archived, by name. */
export async function listPolicies(ctx: Context): Promise<Policy[]> {
  permit(ctx, "listPolicies");
  return [await theDefault(ctx), ...(await readPolicies(ctx, undefined))];
}

/** Returns a policy. @throws DomainError "not-found" */
export async function getEscalationPolicy(ctx: Context, policyId: string): Promise<Policy> {
  permit(ctx, "getEscalationPolicy");
  return readPolicy(ctx, policyId);
}

/** Reads a policy for commands, which check their own permissions. @throws DomainError "not-found" */
export async function readPolicy(ctx: Context, policyId: string): Promise<Policy> {
  const [policy] = await readPolicies(ctx, sql`${escalationPolicies.id}::text = ${policyId}`);
  if (!policy) throw noPolicy();
  return policy;
}

export function noPolicy(): DomainError {
  return new DomainError("not-found", "Escalation policy not found. See On call, Escalation for a list.");
}

async function readPolicies(ctx: Context, which: SQL | undefined): Promise<Policy[]> {
  const rows = await ctx.db
    .select()
    .from(escalationPolicies)
    .where(and(eq(escalationPolicies.workspaceId, ctx.actor.workspaceId), isNull(escalationPolicies.archivedAt), which))
    .orderBy(asc(escalationPolicies.name));
  const policies = rows.map((row) => ({ ...row, steps: EscalationStep.array().parse(row.steps) }));
  const [followers, names] = [await teamsOf(ctx), await namesOf(ctx, policies)];
  return policies.map(({ id, name, steps, repeats }) => ({
    id,
    name,
    steps,
    repeats,
    teams: followers.filter((team) => team.escalationPolicyId === id).map((team) => team.name),
    words: describePolicy(steps, repeats, names),
  }));
}

async function theDefault(ctx: Context): Promise<Policy> {
  const followers = await teamsOf(ctx);
  const names = followers.filter((team) => team.escalationPolicyId === null).map((team) => team.name);
  const { steps, repeats } = defaultPolicy;
  return { id: null, ...defaultPolicy, teams: names, words: describePolicy(steps, repeats, new Map()) };
}

function teamsOf(ctx: Context) {
  return ctx.db
    .select({ name: teams.name, escalationPolicyId: teams.escalationPolicyId })
    .from(teams)
    .where(and(eq(teams.workspaceId, ctx.actor.workspaceId), isNull(teams.archivedAt)))
    .orderBy(asc(teams.name));
}

/** Returns the names of all notification targets of the steps, by id. */
async function namesOf(ctx: Context, policies: { steps: EscalationStep[] }[]): Promise<Map<string, string>> {
  const targets = policies.flatMap(({ steps }) => steps.flatMap(({ notify }) => notify));
  if (targets.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const people = await findPeople(
    ctx,
    targets.flatMap((target) => (target.kind === "person" ? [target.userId] : [])),
  );
  const named = [
    ...(await ctx.db
      .select({ id: schedules.id, name: schedules.name })
      .from(schedules)
      .where(eq(schedules.workspaceId, workspaceId))),
    ...(await ctx.db.select({ id: teams.id, name: teams.name }).from(teams).where(eq(teams.workspaceId, workspaceId))),
    ...(await ctx.db
      .select({ id: receivers.id, name: receivers.name })
      .from(receivers)
      .where(eq(receivers.workspaceId, workspaceId))),
    ...[...people.values()].map(({ userId, name }) => ({ id: userId, name })),
  ];
  return new Map(named.map(({ id, name }) => [id, name]));
}
