import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { storeRuleStates } from "#server/alerting/alerts/rules/rule-states.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { SloDefinition, SloState } from "../../objectives/contract.ts";

/** Reasons and notifications of an SLO's part, as stored in rule_states. */
const PartTrace = z.object({
  tiers: z.unknown(),
  /** Labels of the notified alert, which its resolution must have too. */
  labels: z.record(z.string(), z.string()).optional(),
  /** Title of the notified alert: it stays the same until the alert ends, as that of its incident does. */
  summary: z.string().optional(),
  /** Time of the last firing notification, in milliseconds since 1970. */
  notifiedAt: z.number().optional(),
});

const SloPartState = z.object({
  part: z.string(),
  state: z.enum(["inactive", "pending", "firing"]),
  /** Milliseconds since 1970. */
  since: z.number(),
  trace: PartTrace,
});
export type SloPartState = z.infer<typeof SloPartState>;

/** A part of a composite. */
const StoredPart = z.object({
  id: z.string(),
  definition: SloDefinition,
  adjustments: z.array(z.object({ from: z.number(), to: z.number() })),
  seriesId: z.string().nullable(),
  /** 0 without a series. */
  revision: z.number(),
  /** Time of the last count, in milliseconds since 1970; null before, and without a series. */
  countedUntil: z.number().nullable(),
  approximateUntil: z.number().nullable(),
  isArchived: z.boolean(),
});
export type StoredPart = z.infer<typeof StoredPart>;

/** An SLO with all that looking at it needs. */
const StoredSlo = StoredPart.extend({
  name: z.string(),
  endpointId: z.string().nullable(),
  endpoint: z.string().nullable(),
  model: z.string().nullable(),
  team: z.string().nullable(),
  runbookId: z.string().nullable(),
  deployed: z.number().nullable(),
  isPaused: z.boolean(),
  /** Whether gateways do not hold its endpoint, by request. */
  isUnloaded: z.boolean(),
  /** When its endpoint was last loaded again, in milliseconds since 1970; null if it was never unloaded. */
  loadedAt: z.number().nullable(),
  /** Null before the first look. */
  evaluatedAt: z.number().nullable(),
  // A state that an older version has stored in another shape counts as none; this evaluation replaces it.
  before: SloState.nullable().catch(null),
  partStates: z.array(SloPartState),
});
export type StoredSlo = z.infer<typeof StoredSlo>;

const ms = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000)::float8`;

const seriesColumns = sql`slos.id, slos.definition, slos.archived_at is not null as "isArchived", sli_series.id as "seriesId", coalesce(sli_series.revision, 0) as revision,
  ${ms(sql`sli_series.counted_until`)} as "countedUntil", ${ms(sql`sli_series.approximate_until`)} as "approximateUntil",
  (select coalesce(jsonb_agg(jsonb_build_object('from', ${ms(sql`"from"`)}, 'to', ${ms(sql`"to"`)})), '[]') from budget_adjustments
    where slo_id = slos.id and revoked_at is null) as adjustments`;

/** Locks an SLO for evaluation. @returns undefined when another transaction holds it, or it is not in this workspace */
export async function lockSlo(ctx: Context, sloId: string): Promise<StoredSlo | undefined> {
  const result = await ctx.db.execute(sql`
    select ${seriesColumns}, slos.name, slos.endpoint_id as "endpointId", endpoints.name as endpoint, slos.runbook_id as "runbookId",
      slos.paused_at is not null as "isPaused", endpoints.unloaded_at is not null as "isUnloaded",
      ${ms(sql`endpoints.loaded_at`)} as "loadedAt", teams.name as team,
      ${ms(sql`slo_states.evaluated_at`)} as "evaluatedAt", slo_states.state as before,
      (select registered_models.name from deployments join model_versions on model_versions.id = deployments.version_id
        join registered_models on registered_models.id = model_versions.model_id
        where deployments.endpoint_id = slos.endpoint_id order by deployments.id desc limit 1) as model,
      (select model_versions.version from deployments join model_versions on model_versions.id = deployments.version_id
        where deployments.endpoint_id = slos.endpoint_id and deployments.deployed_at > now() - interval '1 hour'
        order by deployments.id desc limit 1) as deployed,
      (select coalesce(jsonb_agg(jsonb_build_object('part', part, 'state', rule_states.state, 'since', ${ms(sql`since`)}, 'trace', trace)), '[]')
        from rule_states where rule_states.workspace_id = slos.workspace_id and rule_key = 'slo:' || slos.id) as "partStates"
    from slos left join sli_series on sli_series.id = slos.series_id left join endpoints on endpoints.id = slos.endpoint_id
      left join slo_states on slo_states.slo_id = slos.id left join teams on teams.id = slos.team_id and teams.archived_at is null
    where slos.id = ${sloId} and slos.workspace_id = ${ctx.actor.workspaceId}
    for no key update of slos skip locked`);
  return rowsOf(StoredSlo, result)[0];
}

/** Reads the existing components of a composite. */
export async function readParts(ctx: Context, ids: readonly string[]): Promise<StoredPart[]> {
  const result = await ctx.db.execute(sql`
    select ${seriesColumns} from slos left join sli_series on sli_series.id = slos.series_id
    where slos.workspace_id = ${ctx.actor.workspaceId} and slos.id = any(${sql.param([...ids])}::uuid[])`);
  return rowsOf(StoredPart, result);
}

/** Returns SLOs that are due for evaluation, with their workspaces: the longest overdue first, and those that ended while firing. */
export async function dueSlos(
  ctx: Pick<Context, "db">,
  before: number,
): Promise<{ id: string; workspaceId: string }[]> {
  const { rows } = await ctx.db.execute<{ id: string; workspaceId: string }>(sql`
    select slos.id, slos.workspace_id as "workspaceId"
    from slos left join slo_states on slo_states.slo_id = slos.id
    where (slo_states.evaluated_at is null or slo_states.evaluated_at <= ${new Date(before).toISOString()}::timestamptz)
      and (slos.archived_at is null or exists (select from rule_states where rule_states.workspace_id = slos.workspace_id
        and rule_key = 'slo:' || slos.id and rule_states.state <> 'inactive'))
    order by slo_states.evaluated_at nulls first, slos.id`);
  return rows;
}

/** Stores the state of an SLO and of its rules. */
export async function writeEvaluation(
  ctx: Context,
  { id }: Pick<StoredSlo, "id">,
  state: SloState,
  partStates: readonly SloPartState[],
): Promise<void> {
  const at = new Date(state.at).toISOString();
  await ctx.db.execute(sql`
    insert into slo_states (slo_id, workspace_id, evaluated_at, state)
    values (${id}, ${ctx.actor.workspaceId}, ${at}, ${JSON.stringify(state)}::jsonb)
    on conflict (slo_id) do update set evaluated_at = excluded.evaluated_at, state = excluded.state`);
  await storeRuleStates(ctx, `slo:${id}`, partStates, state.at);
}
