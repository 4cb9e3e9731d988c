import { and, eq, isNull, ne } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { JobSpec } from "../../training/contract.ts";
import { createJob } from "../../training/jobs/create-job.ts";
import { requireRunnable, resolveJob } from "../../training/jobs/resolve-job.ts";
import type { FoundCycle } from "./lock-cycle.ts";

/** Name of a job at most. */
const maxName = 200;

/**
 * Submits the job of a cycle, in the transaction that notes it: the template of the plan with the data of the cycle, in the name of the policy's owner, on
 * whose behalf its program writes. What it makes is registered as a version of the policy's model.
 * @returns its id. @throws DomainError as submitJob, and "conflict" for a policy without an owner
 */
export async function submitTraining(
  ctx: Context,
  cycle: FoundCycle,
  artifacts: Pick<ArtifactStore, "stat">,
): Promise<string> {
  permit(ctx, "submitJob");
  const { job } = cycle.plan;
  const version = cycle.data?.version;
  if (!version) throw new Error("The cycle has no dataset version.");
  const { template, spec, engine } = await resolveJob(ctx, { template: job.template }, job.parameters);
  const datasets = { ...spec.datasets, [job.dataset]: version.id };
  const given = JobSpec.parse({ ...spec, datasets, registerAs: cycle.model });
  await requireRunnable(ctx, { spec: given, engine, teamId: undefined }, artifacts);
  const { id } = await createJob(ctx, {
    name: `${cycle.model} retraining ${cycle.number}`.slice(-maxName),
    template,
    spec: given,
    engine,
    experiment: "Training",
    parentRunId: null,
    teamId: null,
    priority: job.priority,
    submittedBy: await findOwner(ctx, cycle.ownerId),
  });
  return id;
}

/** @throws DomainError "conflict" without an owner who may submit jobs in this workspace */
async function findOwner(ctx: Context, ownerId: string | null): Promise<{ id: string; name: string }> {
  const [owner] =
    ownerId === null
      ? []
      : await ctx.db
          .select({ id: users.id, name: users.name })
          .from(memberships)
          .innerJoin(users, eq(users.id, memberships.userId))
          .where(
            and(
              eq(memberships.workspaceId, ctx.actor.workspaceId),
              eq(memberships.userId, ownerId),
              isNull(memberships.disabledAt),
              isNull(users.disabledAt),
              ne(memberships.role, "viewer"),
            ),
          );
  if (owner) return owner;
  throw new DomainError("conflict", "The owner of the policy cannot submit jobs. Set another owner.");
}
