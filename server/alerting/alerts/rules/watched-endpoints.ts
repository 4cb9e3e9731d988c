import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Labels } from "../contract.ts";

/** An endpoint as rules see it. */
export interface WatchedEndpoint extends Record<string, unknown> {
  id: string;
  name: string;
  createdAt: string;
  isUnloaded: boolean;
  model: string | null;
  team: string | null;
}

/** Returns the endpoint that a rule is for, or every endpoint without archived ones, with its deployed model and owning team. */
export async function watchedEndpoints(ctx: Context, endpointId: string | null): Promise<WatchedEndpoint[]> {
  return readEndpoints(ctx, endpointId === null ? sql`true` : sql`e.id = ${endpointId}`);
}

async function readEndpoints(ctx: Context, where: SQL): Promise<WatchedEndpoint[]> {
  const { rows } = await ctx.db.execute<WatchedEndpoint>(sql`
    select e.id, e.name, e.created_at as "createdAt", e.unloaded_at is not null as "isUnloaded", served.name as model,
      coalesce(own.name, of_model.name) as team
    from endpoints e
    left join lateral (
      select m.id, m.name from deployments d
      join model_versions v on v.id = d.version_id
      join registered_models m on m.id = v.model_id
      where d.endpoint_id = e.id order by d.id desc limit 1
    ) served on true
    left join team_endpoints te on te.endpoint_id = e.id
    left join teams own on own.id = te.team_id and own.archived_at is null
    left join team_models tm on tm.model_id = served.id
    left join teams of_model on of_model.id = tm.team_id and of_model.archived_at is null
    where e.workspace_id = ${ctx.actor.workspaceId} and e.archived_at is null and ${where}
    order by e.name`);
  return rows;
}

/** Returns the labels that identify, route and describe alerts about an endpoint. */
export function endpointLabels({ name, model, team }: Pick<WatchedEndpoint, "name" | "model" | "team">): Labels {
  return { service: name, endpoint: name, ...(model !== null && { model }), ...(team !== null && { team }) };
}
