import { and, eq, isNull, sql } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "../endpoints/deployment-rows.ts";
import { permitEndpointById } from "../endpoints/lookups.ts";
import { knownEngines } from "../engines/known-engines.ts";
import { isOutsideGameDays } from "../faults/outside-game-days.ts";
import { isRepresentative } from "../labels/representative.ts";
import { namesOf, readStored } from "./cascade-queries.ts";
import { type CascadeCounts, CascadeReport, GetCascadeReport, type StoredCascade } from "./contract.ts";
import { findSeen } from "./find-seen.ts";
import { ComparedSum, reportOf, type StepSum } from "./report.ts";
import { signatureDifferences } from "./signature-differences.ts";

interface Span {
  endpointId: string;
  from: Date;
  to: Date;
}

/** Reports on an endpoint's current cascade in a time range; undefined without one. @throws DomainError "not-found" */
export async function getCascadeReport(ctx: Context, input: GetCascadeReport): Promise<CascadeReport | undefined> {
  permit(ctx, "getCascadeReport");
  const span = GetCascadeReport.parse(input);
  await permitEndpointById(ctx, span.endpointId);
  return readCascadeReport(ctx, span);
}

/** Returns the report like getCascadeReport; the caller has checked other permissions. */
export async function readCascadeReport(ctx: Context, span: Span): Promise<CascadeReport | undefined> {
  const cascade = await readStored(ctx, span.endpointId);
  const current = (await currentDeployments(ctx, [span.endpointId])).get(span.endpointId);
  if (!current || cascade.next.length === 0) return undefined;
  const names = await namesOf(
    ctx,
    cascade.next.map(({ versionId }) => versionId),
  );
  const counts = await countsOf(ctx, span);
  const { versionId, modelName, version } = current;
  const first = { versionId, modelName, version, costPerThousand: cascade.costPerThousand };
  const next = cascade.next.flatMap(({ versionId, costPerThousand }) => {
    const name = names.get(versionId);
    return name ? [{ versionId, modelName: name.model, version: name.version, costPerThousand }] : [];
  });
  const steps: StepSum[] = [first, ...next].map((step) => ({ ...step, counts: counts.get(step.versionId) ?? {} }));
  return {
    ...reportOf(steps, await comparedOf(ctx, span, versionId)),
    accuracy: await accuracyOf(ctx, span),
    problems: await problemsOf(ctx, versionId, cascade, names),
  };
}

/** Sums of the windows by version and name. */
async function countsOf(ctx: Context, { endpointId, from, to }: Span): Promise<Map<string, CascadeCounts>> {
  const { rows } = await ctx.db.execute<{ version_id: string; counts: CascadeCounts }>(sql`
    select version_id, jsonb_object_agg(name, total) as counts from (
      select version_id, one.key as name, sum(one.value::float8) as total
      from serving_windows, jsonb_each_text(cascade) as one
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and cascade <> '{}'
        and window_start >= ${from.toISOString()}::timestamptz and window_start < ${to.toISOString()}::timestamptz
      group by version_id, one.key
    ) as summed group by version_id`);
  return new Map(rows.map(({ version_id: versionId, counts }) => [versionId, counts]));
}

/** Selects logged requests of a time range that went through a cascade, with their labels. */
function logged(ctx: Context, { endpointId, from, to }: Span) {
  return sql`from predictions as logged
    left join prediction_labels as label on label.endpoint_id = logged.endpoint_id and label.request_id = logged.request_id
      and ${isRepresentative(sql`label.selection`)}
    where logged.workspace_id = ${ctx.actor.workspaceId} and logged.endpoint_id = ${endpointId} and logged.status = 200
      and logged.cascade is not null and ${isOutsideGameDays("logged")}
      and logged.at >= ${from.toISOString()}::timestamptz and logged.at < ${to.toISOString()}::timestamptz`;
}

/** Sums the requests that ran twice for comparison: by the first version and by the one that answered in the end. */
async function comparedOf(ctx: Context, span: Span, firstId: string): Promise<ComparedSum> {
  const result = await ctx.db.execute(sql`
    select count(*)::int as compared, (count(*) filter (where first_answer <> last_answer))::int as different,
      count(label)::int as labelled,
      (count(*) filter (where label in (first_answer, first_index)))::int as "firstRight",
      (count(*) filter (where label in (last_answer, last_index)))::int as "lastRight"
    from (
      select logged.cascade -> 0 ->> 'answer' as first_answer, ${indexOf(0)} as first_index,
        logged.cascade -> -1 ->> 'answer' as last_answer, ${indexOf(-1)} as last_index, label.label
      ${logged(ctx, span)} and logged.cascade -> 0 ->> 'outcome' = 'compared' and logged.cascade -> 0 ->> 'versionId' = ${firstId}
        and logged.cascade -> -1 ->> 'outcome' = 'answered'
    ) as pairs where first_answer is not null and last_answer is not null`);
  return rowOf(ComparedSum, result);
}

/** The number that a step answered; what was logged before the first release has it by its former name. */
function indexOf(index: number) {
  const step = sql.raw(`logged.cascade -> ${index}`);
  return sql`coalesce(${step} ->> 'outputIndex', ${step} ->> 'answerIndex')`;
}

async function accuracyOf(ctx: Context, span: Span): Promise<CascadeReport["accuracy"]> {
  const result = await ctx.db.execute(sql`
    select logged.version_id as "versionId", count(*)::int as labelled,
      (count(*) filter (where label.label in (logged.answer, logged.output_index::text)))::int as right
    ${logged(ctx, span)} and label.label is not null and logged.answer is not null and logged.logged_reason = 'sampled'
    group by logged.version_id`);
  return rowsOf(CascadeReport.shape.accuracy.element, result);
}

async function problemsOf(
  ctx: Context,
  firstId: string,
  { next }: StoredCascade,
  names: Awaited<ReturnType<typeof namesOf>>,
): Promise<string[]> {
  const first = await findSeen(ctx, firstId);
  for (const [index, { versionId }] of next.entries()) {
    const name = names.get(versionId);
    const step = `Step ${index + 2}`;
    if (!name) return [`${step} is no longer available: its version was deleted. The previous steps respond.`];
    if (!(await isRunnable(ctx, versionId))) {
      const why = `${step}, ${name.model} version ${name.version}, has no file and is no longer deployed to an external engine`;
      return [`${why}: the previous steps respond. Deploy it to an engine on any endpoint.`];
    }
    const differences = signatureDifferences(first, await findSeen(ctx, versionId));
    if (differences.length > 0) {
      const why = `${step}, ${name.model} version ${name.version}, is not compatible with the currently deployed version`;
      return [`${why}, so the previous steps respond: ${differences.join(" ")}`];
    }
  }
  return [];
}

async function isRunnable(ctx: Context, versionId: string): Promise<boolean> {
  const isThis = and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId));
  if ((await ctx.db.$count(modelVersions, and(isThis, isNull(modelVersions.artifactKey)))) === 0) return true;
  return (await knownEngines(ctx.db, isThis)).size > 0;
}
