import { and, desc, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import {
  endpoints,
  labelAnnotators,
  labelLeases,
  labelProjects,
  labelTaskCounts,
  memberships,
  users,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelSettings, LabelTaskKind, TaskSource, TaskState, taskSources } from "../contract.ts";
import { loadGuideline } from "../guidelines/queries.ts";
import { type LabelProject, type LabelProjectCounts, type LabelProjectDetails, ListLabelProjects } from "./contract.ts";
import { noLabelProject } from "./find-label-project.ts";

/** Lists the label projects that are not archived, or those that are, newest first, with their counts. */
export async function listLabelProjects(ctx: Context, input: ListLabelProjects = {}): Promise<LabelProject[]> {
  permit(ctx, "listLabelProjects");
  const { endpoint, archived } = ListLabelProjects.parse(input);
  return select(
    ctx,
    and(
      archived ? eq(labelProjects.state, "archived") : ne(labelProjects.state, "archived"),
      endpoint === undefined ? undefined : eq(endpoints.name, endpoint),
    ),
  );
}

/** Returns a label project, archived or not, with its configuration and guidelines. @throws DomainError "not-found" */
export async function getLabelProject(ctx: Context, projectId: number): Promise<LabelProjectDetails> {
  permit(ctx, "getLabelProject");
  return loadLabelProject(ctx, projectId);
}

/** The same inside a command. @throws DomainError "not-found" */
export async function loadLabelProject(ctx: Context, projectId: number): Promise<LabelProjectDetails> {
  const [project] = await select(ctx, eq(labelProjects.id, projectId));
  const [stored] = await ctx.db
    .select({ config: labelProjects.config, configText: labelProjects.configText })
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, projectId)));
  if (!project || !stored) throw noLabelProject();
  return { ...project, ...stored, guidelines: await loadGuideline(ctx, projectId, project.guideline) };
}

/** Counts the people who may label in the workspace; service accounts are none. */
export async function countLabellers(ctx: Context): Promise<number> {
  permit(ctx, "listLabelProjects");
  const [row] = await ctx.db
    .select({ people: sql<number>`count(*)::int` })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        ne(memberships.role, "viewer"),
        isNull(memberships.disabledAt),
        eq(users.kind, "person"),
      ),
    );
  return row?.people ?? 0;
}

async function select(ctx: Context, where: SQL | undefined): Promise<LabelProject[]> {
  const rows = await ctx.db
    .select({ project: labelProjects, endpoint: endpoints.name })
    .from(labelProjects)
    .leftJoin(endpoints, eq(endpoints.id, labelProjects.endpointId))
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(labelProjects.id));
  const counts = await countProjects(
    ctx,
    rows.map(({ project }) => project.id),
  );
  return rows.map(({ project, endpoint }) => ({
    id: project.id,
    name: project.name,
    description: project.description,
    endpoint: project.endpointId && endpoint !== null ? { id: project.endpointId, name: endpoint } : null,
    taskKind: LabelTaskKind.parse(project.taskKind),
    state: project.state,
    guideline: project.guideline,
    settings: LabelSettings.parse(project.settings),
    createdBy: project.createdBy,
    createdAt: project.createdAt,
    updatedAt: project.updatedAt,
    counts: counts.get(project.id) ?? noCounts(),
  }));
}

const noCounts = (): LabelProjectCounts => ({
  open: 0,
  settled: 0,
  review: 0,
  dropped: 0,
  bySource: [],
  held: 0,
  answers: 0,
  people: 0,
});

const TaskCount = z.object({ project: z.number(), source: TaskSource, state: TaskState, count: z.number() });
const PeopleCount = z.object({ project: z.number(), answers: z.number(), people: z.number(), held: z.number() });

/** Counts of projects, from the numbers that every change of a task maintains: no task is read. */
async function countProjects(ctx: Context, ids: readonly number[]): Promise<Map<number, LabelProjectCounts>> {
  const counts = new Map(ids.map((id) => [id, noCounts()]));
  if (ids.length === 0) return counts;
  const { workspaceId } = ctx.actor;
  const among = sql`workspace_id = ${workspaceId} and project_id = any(${sql.param(ids)}::bigint[])`;
  const tasks = await ctx.db.execute(
    sql`select project_id as project, source, state, sum(count)::bigint as count from ${labelTaskCounts}
      where ${among} group by 1, 2, 3`,
  );
  for (const { project, source, state, count } of rowsOf(TaskCount, tasks)) {
    const of = counts.get(project);
    if (!of || count === 0) continue;
    of[state] += count;
    if (state === "open") of.bySource.push({ source, open: count });
  }
  for (const { bySource } of counts.values()) {
    bySource.sort((a, b) => taskSources.indexOf(a.source) - taskSources.indexOf(b.source));
  }
  const people = await ctx.db.execute(
    sql`select project_id as project, sum(answered)::bigint as answers, count(*) filter (where answered > 0) as people, (
        select count(*) from ${labelLeases} as lease
        where lease.project_id = annotator.project_id and lease.expires_at > now() and lease.kind <> 'skip'
      ) as held
      from ${labelAnnotators} as annotator where ${among} group by project_id`,
  );
  for (const { project, ...numbers } of rowsOf(PeopleCount, people)) Object.assign(counts.get(project) ?? {}, numbers);
  return counts;
}
