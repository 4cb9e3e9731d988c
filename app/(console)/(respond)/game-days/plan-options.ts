import { foundOrNot } from "#app/_lib/found.ts";
import type { PlanOptions } from "#components/respond/drills/plan-form.tsx";
import { listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import type { Context } from "#server/base/context.ts";
import { listFeatureViews } from "#server/develop/features/definitions/queries.ts";
import { listJobs } from "#server/improve/training/jobs/queries.ts";
import { listUsers } from "#server/platform/identity/users/queries.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { requestInputs } from "#server/respond/drills/preconditions/request-inputs.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";

const maxPeople = 200;

/** Loads what the fields of a plan's form offer. @param endpoint chosen one, whose inputs it offers */
export async function planOptions(ctx: Context, endpoint: string | undefined): Promise<PlanOptions> {
  const [{ endpoints }, views, jobs, receivers, people, inputs] = await Promise.all([
    listEndpoints(ctx, { limit: 500 }),
    listFeatureViews(ctx),
    listJobs(ctx, { state: "open", limit: 200 }),
    listReceivers(ctx),
    listPeople(ctx),
    endpoint === undefined || endpoint === "" ? [] : inputsOf(ctx, endpoint),
  ]);
  return {
    endpoints: endpoints.map(({ name }) => name),
    inputs,
    views: views.map(({ name }) => name),
    jobs: jobs.map(({ id, name }) => ({ id, name })),
    channels: receivers.flatMap(({ name, channels }) =>
      channels
        .filter(({ disabledAt }) => disabledAt === null)
        .map(({ id, settings }) => ({ id, name: `${name}, ${settings.kind}` })),
    ),
    people,
    isAdmin: ctx.actor.role === "admin",
    isInstanceAdmin: await isInstanceAdmin(ctx),
  };
}

/** Lists the people of the workspace who can own a game day or a follow-up. */
export async function listPeople(ctx: Context): Promise<{ id: string; name: string }[]> {
  const { users } = await listUsers(ctx, { limit: maxPeople });
  return users.filter(({ disabledAt }) => disabledAt === null).map(({ id, name }) => ({ id, name }));
}

/** Lists what clients of an endpoint send; empty where nothing is deployed. */
async function inputsOf(ctx: Context, endpoint: string): Promise<string[]> {
  const found = await foundOrNot(getEndpoint(ctx, { name: endpoint }));
  return (found && (await requestInputs(ctx, found.id))) ?? [];
}
