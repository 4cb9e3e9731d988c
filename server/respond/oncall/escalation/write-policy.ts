import { and, eq, inArray, isNull } from "drizzle-orm";
import { escalationPolicies, receivers, schedules, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { requirePeople } from "../../../platform/teams/people/find-people.ts";
import { defaultPolicy, type EscalationStep } from "./contract.ts";

/**
 * Rejects a policy whose name is taken, or whose steps notify a target that does not exist.
 * @throws DomainError "conflict", "not-found"
 */
export async function refusePolicy(
  ctx: Context,
  { name, steps = [] }: { name?: string | undefined; steps?: EscalationStep[] | undefined },
  policyId?: string,
): Promise<void> {
  for (const [index, { notify }] of steps.entries()) {
    const field = `steps.${index}.notify`;
    const ids = (pick: (target: (typeof notify)[number]) => string | null) =>
      notify.flatMap((target) => pick(target) ?? []);
    await requirePeople(
      ctx,
      ids((target) => (target.kind === "person" ? target.userId : null)),
      field,
    );
    await requireAll(
      ctx,
      schedules,
      ids((target) => (target.kind === "schedule" ? target.scheduleId : null)),
      "schedule",
      field,
    );
    await requireAll(
      ctx,
      teams,
      ids((target) => (target.kind === "team" ? target.teamId : null)),
      "team",
      field,
    );
    await requireAll(
      ctx,
      receivers,
      ids((target) => (target.kind === "receiver" ? target.receiverId : null)),
      "receiver",
      field,
    );
  }
  if (name === undefined) return;
  const [other] = await ctx.db
    .select({ id: escalationPolicies.id })
    .from(escalationPolicies)
    .where(
      and(
        eq(escalationPolicies.workspaceId, ctx.actor.workspaceId),
        eq(escalationPolicies.name, name),
        isNull(escalationPolicies.archivedAt),
      ),
    );
  if (name !== defaultPolicy.name && (!other || other.id === policyId)) return;
  const message = `A policy named "${name}" already exists. Choose another name.`;
  throw new DomainError("conflict", message, { field: "name" });
}

type Named = typeof schedules | typeof teams | typeof receivers;

async function requireAll(ctx: Context, table: Named, ids: string[], what: string, field: string): Promise<void> {
  if (ids.length === 0) return;
  const known = await ctx.db
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.workspaceId, ctx.actor.workspaceId), inArray(table.id, ids), isNull(table.archivedAt)));
  if (ids.every((id) => known.some((each) => each.id === id))) return;
  throw new DomainError("not-found", `Unknown ${what}. Choose another.`, { field });
}
