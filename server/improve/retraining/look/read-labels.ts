import { and, eq, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { labelProjects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { readSides } from "#server/watch/monitoring/quality/counts/prediction-reader.ts";
import { maturityFrom } from "#server/watch/monitoring/quality/measures/maturity.ts";
import { readLabelLags } from "#server/watch/monitoring/quality/read/label-lags.ts";
import { findMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { countFresh } from "../../labelling/flows/count-fresh.ts";
import type { LabelState } from "./holds.ts";
import type { Champion, PolicyRow } from "./read-champion.ts";

/** Labels of longer ago say nothing about how many come now. */
const paceMs = 28 * dayMs;
/** Classes and people of a span; what is beyond is too little to change a decision. */
const maxParts = 10_000;

/** Labels between two of the times that are asked about. */
interface Span {
  /** Place of the time from which it begins, from 1. */
  span: number;
  rows: number;
  labels: number;
}
interface LabelSpans {
  spans: readonly Span[];
  byClass: readonly { span: number; name: string; count: number }[];
  /** Labels of rows that one person alone has labelled. */
  bySource: readonly { span: number; name: string; count: number }[];
  /** Classes of which there may be no label at all. */
  classes: readonly string[];
  perDay: number | null;
}

/**
 * Counts the labels that the champion has not learned from and a candidate could: of a labelling project those that may be trained on, else the
 * mature ones of the prediction log. The caller has checked permissions. @param now milliseconds since 1970
 */
export async function countNewLabels(
  ctx: Context,
  { endpointId, plan }: PolicyRow,
  { dataEnd }: Pick<Champion, "dataEnd">,
  now: number,
): Promise<number> {
  if (plan.data.kind === "labels") {
    const project = await findProject(ctx, plan.data.project);
    return project ? countFresh(ctx, project, new Date(dataEnd).toISOString()) : 0;
  }
  const { spans } = await readLogged(ctx, { endpointId, classesOf: null, times: [dataEnd], now });
  return spans.reduce((sum, { labels }) => sum + labels, 0);
}

/**
 * Reads what labels there are of requests after each of some times. The caller has checked permissions.
 * @param times milliseconds since 1970, at most some hundred
 * @returns a function that answers for these times; for one between them it says what the next later one has
 */
export async function readLabelsFrom(
  ctx: Context,
  { endpointId, plan }: PolicyRow,
  champion: Champion | null,
  { times, now }: { times: readonly number[]; now: number },
): Promise<(time: number) => LabelState> {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const found =
    sorted.length === 0 || !champion
      ? nothing
      : plan.data.kind === "labels"
        ? await readAgreed(ctx, { projectId: plan.data.project, dataEnd: champion.dataEnd, times: sorted, now })
        : await readLogged(ctx, { endpointId, classesOf: champion.id, times: sorted, now });
  return (time) => {
    const at = sorted.findIndex((one) => one >= time);
    return stateFrom(found, at < 0 ? Number.POSITIVE_INFINITY : at + 1);
  };
}

const nothing: LabelSpans = { spans: [], byClass: [], bySource: [], classes: [], perDay: null };

/** Adds up the spans from one on. */
function stateFrom({ spans, byClass, bySource, classes, perDay }: LabelSpans, first: number): LabelState {
  const later = spans.filter(({ span }) => span >= first);
  const rows = later.reduce((sum, one) => sum + one.rows, 0);
  const mature = later.reduce((sum, { labels }) => sum + labels, 0);
  const ofClass = totals(byClass, first, classes);
  const ofSource = totals(bySource, first, []);
  const rarest = mature === 0 ? undefined : ofClass.at(-1);
  const largest = ofSource[0];
  return {
    mature,
    rarestClass: rarest ?? null,
    completeness: rows === 0 ? 1 : mature / rows,
    largestSource: largest && mature > 0 ? { name: largest.name, share: largest.count / mature } : null,
    perDay,
  };
}

/** Sums by name, largest first; names that are known without any are 0. */
function totals(parts: LabelSpans["byClass"], first: number, known: readonly string[]) {
  const sums = new Map(known.map((name) => [name, 0]));
  for (const { span, name, count } of parts) {
    if (span >= first) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return [...sums].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}

const SpanRow = z.object({ span: z.number(), rows: z.number(), labels: z.number() });
const PartRow = z.object({ span: z.number(), name: z.string(), count: z.number() });
const Pace = z.object({ labels: z.number(), days: z.number().nullable() });

/**
 * Labels of the prediction log, by the hours that quality is counted by. The log does not say who reported a label, so no source is known.
 * @param asked.classesOf version whose classes are counted; null counts no classes
 */
async function readLogged(
  ctx: Context,
  asked: { endpointId: string; classesOf: string | null; times: readonly number[]; now: number },
): Promise<LabelSpans> {
  const { endpointId, classesOf, times, now } = asked;
  const { settings } = await findMonitor(ctx, endpointId);
  const { matureUntil } = maturityFrom(await readLabelLags(ctx, endpointId, now), settings.maturityMs, now);
  if (!matureUntil) return nothing;
  const lastHour = instant(matureUntil.getTime() - hourMs);
  const own = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and segment = ''
    and arm <> 'shadow' and hour <= ${lastHour}`;
  const since = sql`${own} and hour >= ${instant(times[0] ?? now)}`;
  const span = spanOf(sql`hour`, times);
  const spans = await ctx.db.execute(sql`
    select ${span} as span, sum(predictions)::float8 as rows, sum(labelled)::float8 as labels
    from quality_hours where ${since} group by 1`);
  if (classesOf === null) return { ...nothing, spans: rowsOf(SpanRow, spans) };
  const byClass = await ctx.db.execute(sql`
    select ${span} as span, cell->>0 as name, sum((cell->>2)::float8) as count
    from quality_hours, jsonb_array_elements(counts->'confusion') as cell where ${since} group by 1, 2 limit ${maxParts}`);
  const pace = await ctx.db.execute(sql`
    select coalesce(sum(labelled), 0)::float8 as labels,
      greatest(1, extract(epoch from ${instant(matureUntil.getTime())} - min(hour)) / 86400)::float8 as days
    from quality_hours where ${own} and hour >= ${instant(matureUntil.getTime() - paceMs)}`);
  const { labels, days } = rowOf(Pace, pace);
  const counted = rowsOf(PartRow, byClass);
  return {
    spans: rowsOf(SpanRow, spans),
    byClass: counted,
    bySource: [],
    // Numbers have no classes, whatever the model calls its outputs.
    classes: counted.length === 0 ? [] : ((await readSides(ctx, classesOf))?.labels ?? []),
    perDay: days === null || labels === 0 ? null : labels / days,
  };
}

/**
 * Labels that people agreed on, of tasks after each time; all that came after the champion's data ended count as new, however old their task is. Each
 * row of the data has a label, so it is complete.
 */
async function readAgreed(
  ctx: Context,
  asked: { projectId: number; dataEnd: number; times: readonly number[]; now: number },
): Promise<LabelSpans> {
  const { projectId, dataEnd, times, now } = asked;
  const project = await findProject(ctx, projectId);
  if (!project) return nothing;
  const frozen = (project.progress?.exports ?? []).flatMap(({ audit, evaluationSetId }) =>
    audit && evaluationSetId !== null ? [{ ...audit, setId: evaluationSetId }] : [],
  );
  const end = instant(dataEnd);
  // The same labels as countFresh counts.
  const labels = sql`
    select case when consensus.value->>'kind' = 'class' then consensus.value->>'label' end as class,
      (select case when count(*) = 1 then min(answer.person) end from label_answers as answer
        where answer.task_id = task.id and answer.superseded_at is null and not answer.cannot_tell and not answer.is_gold) as person,
      case when consensus.created_at > ${end} and not exists (select from label_consensus as earlier
          where earlier.task_id = task.id and earlier.value = consensus.value and earlier.created_at <= ${end}
            and (earlier.superseded_at is null or earlier.superseded_at > ${end}))
        then greatest(task.created_at, ${end}) else task.created_at end as at
    from label_consensus as consensus
    join label_tasks as task on task.id = consensus.task_id and task.state = 'settled'
    where consensus.workspace_id = ${ctx.actor.workspaceId} and consensus.project_id = ${projectId} and consensus.superseded_at is null
      and not exists (select from label_golds as gold where gold.task_id = task.id and gold.is_enabled)
      and not (task.selection = 'audit' and exists (
        select from jsonb_to_recordset(${JSON.stringify(frozen)}::jsonb) as span ("from" timestamptz, "to" timestamptz, "setId" uuid)
        join evaluation_sets as frozen on frozen.id = span."setId" and frozen.retired_at is null
        where task.created_at >= span."from" and task.created_at < span."to"))`;
  const result = await ctx.db.execute(sql`
    select ${spanOf(sql`label.at`, times)} as span, label.class, label.person, count(*)::float8 as count
    from (${labels}) as label where label.at >= ${instant(times[0] ?? now)} group by 1, 2, 3 limit ${maxParts}`);
  const rows = rowsOf(AgreedRow, result);
  const people = await namesOf(ctx, [...new Set(rows.flatMap(({ person }) => person ?? []))]);
  const recent = await countFresh(ctx, project, new Date(now - paceMs).toISOString());
  return {
    spans: rows.map(({ span, count }) => ({ span, rows: count, labels: count })),
    byClass: rows.flatMap(({ span, class: name, count }) => (name === null ? [] : [{ span, name, count }])),
    bySource: rows.flatMap(({ span, person, count }) =>
      person === null ? [] : [{ span, name: people.get(person) ?? person, count }],
    ),
    classes: [],
    perDay: recent === 0 ? null : recent / (paceMs / dayMs),
  };
}

const AgreedRow = z.object({
  span: z.number(),
  class: z.string().nullable(),
  person: z.string().nullable(),
  count: z.number(),
});

const Named = z.object({ id: z.string(), name: z.string() });

/** Names of users; people of imported answers have only the name that they came with. */
async function namesOf(ctx: Context, people: readonly string[]): Promise<Map<string, string>> {
  const result = await ctx.db.execute(sql`
    select person.id::text as id, person.name from users as person
    join memberships as member on member.user_id = person.id and member.workspace_id = ${ctx.actor.workspaceId}
    where person.id::text = any(${sql.param([...people])}::text[])`);
  return new Map(rowsOf(Named, result).map(({ id, name }) => [id, name]));
}

async function findProject(ctx: Context, id: number) {
  const [row] = await ctx.db
    .select({ id: labelProjects.id, progress: labelProjects.progress })
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, id)));
  return row;
}

/** The place of the last time that is not after a moment, from 1. @param times in ascending order */
function spanOf(moment: SQL, times: readonly number[]): SQL {
  const texts = times.map((time) => new Date(time).toISOString());
  return sql`width_bucket(${moment}, ${sql.param(texts)}::timestamptz[])`;
}

const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
