import { sql } from "drizzle-orm";
import { trainingQuotas } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findTeam } from "#server/platform/teams/team-of.ts";
import { SetQuota, type TrainingQuota } from "./contract.ts";
import { loadQuotas } from "./queries.ts";

/**
 * Sets what a team, or the whole workspace, may use at once; null is no limit. Jobs that run are not stopped: those that wait go on waiting.
 * docs/spec/training.md section 10. @throws DomainError "not-found" for the team
 */
export async function setQuota(ctx: Context, input: SetQuota): Promise<TrainingQuota[]> {
  permit(ctx, "setQuota");
  const { teamId, ...quota } = SetQuota.parse(input);
  const { workspaceId, name: setBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const team = teamId === null ? null : await findTeam(ctx, teamId);
    if (teamId !== null && !team) throw new DomainError("not-found", "Team not found.", { field: "teamId" });
    const before = (await loadQuotas(ctx)).find((one) => one.teamId === teamId);
    const values = { ...quota, setBy, setAt: sql`now()` };
    await ctx.db
      .insert(trainingQuotas)
      .values({ workspaceId, teamId, ...values })
      .onConflictDoUpdate({ target: [trainingQuotas.workspaceId, trainingQuotas.teamId], set: values });
    const { maxJobs = null, gpus = null, cores = null, weight = 1 } = before ?? {};
    await record(ctx, "training-quota.changed", {
      subject: `training-quota/${team?.name ?? "workspace"}`,
      before: { maxJobs, gpus, cores, weight },
      after: quota,
    });
    await publish(ctx, "training", teamId ?? workspaceId);
    return loadQuotas(ctx);
  });
}
