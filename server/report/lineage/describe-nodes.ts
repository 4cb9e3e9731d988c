import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { formatCount } from "#server/base/format-number.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import { countRequests } from "#server/serve/hours/count-requests.ts";
import type { LineageKey, LineageNode } from "./contract.ts";
import { endOfDataset } from "./ends.ts";
import { keyOf } from "./grow.ts";
import { servedSpans } from "./served.ts";

/** What a kind's statement returns; what a kind does not have is left out. */
const Described = z.object({
  id: z.string(),
  name: z.string().nullable(),
  /** Number of a version, a cycle or an experiment; rows of a dataset version. */
  number: z.number().nullish(),
  /** Name of what it belongs to. */
  of: z.string().nullish(),
  detail: z.string().nullish(),
  digest: z.string().nullish(),
  since: z.number().nullish(),
  until: z.number().nullish(),
  isDeleted: z.boolean().nullish(),
});
type Described = z.infer<typeof Described>;

interface Description {
  /** Statement for nodes of the kind; an id without a row was deleted. */
  read: (workspaceId: string, ids: readonly string[], now: Date) => SQL;
  title: (row: Described) => string;
  /** Path of its page. */
  href: (row: Described) => string;
  detail?: (row: Described) => string;
}

const segment = (text: string | null | undefined) => encodeURIComponent(text ?? "");
const ms = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000)::float8`;
const list = (ids: readonly string[]) => sql.param([...ids]);
const nameOf = ({ name, id }: Described) => name ?? id;
const onEndpoint = ({ name, number, of }: Described) => `${name} v${number} on ${of}`;

/**
 * Describes nodes for people, one statement for each kind. One that is not in the workspace is described as deleted: a run or a model that
 * something names may be gone, or may never have been here.
 */
export async function describeNodes(ctx: Context, keys: readonly LineageKey[], now: Date): Promise<LineageNode[]> {
  const found = await findNodes(ctx, keys, now);
  return keys.map((key) => found.get(keyOf(key)) ?? deletedNode(key));
}

/** Describes those of the nodes that the workspace has, in its trash too. @returns them by `keyOf` */
export async function findNodes(
  ctx: Context,
  keys: readonly LineageKey[],
  now: Date,
): Promise<Map<string, LineageNode>> {
  const { workspaceId } = ctx.actor;
  const nodes: LineageNode[] = [];
  for (const [kind, ofKind] of Map.groupBy(keys, (key) => key.kind)) {
    const description = descriptions[kind];
    const ids = ofKind.map(({ id }) => id);
    const rows = rowsOf(Described, await ctx.db.execute(description.read(workspaceId, ids, now)));
    nodes.push(...rows.map((row) => nodeOf(kind, description, row)));
  }
  return new Map((await withRequests(ctx, nodes, now)).map((node) => [keyOf(node), node]));
}

function nodeOf(kind: LineageKind, { title, href, detail }: Description, row: Described): LineageNode {
  const isDeleted = row.isDeleted ?? false;
  return {
    kind,
    id: row.id,
    title: title(row),
    detail: detail ? detail(row) : (row.detail ?? ""),
    digest: row.digest ?? null,
    since: typeof row.since === "number" ? new Date(row.since) : null,
    until: typeof row.until === "number" ? new Date(row.until) : null,
    requests: null,
    href: isDeleted ? null : href(row),
    isDeleted,
  };
}

function deletedNode({ kind, id }: LineageKey): LineageNode {
  const nothing = { detail: "", digest: null, since: null, until: null, requests: null, href: null };
  return { kind, id, title: id, ...nothing, isDeleted: true };
}

/** Adds the requests that predictions stand for. */
async function withRequests(ctx: Context, nodes: LineageNode[], now: Date): Promise<LineageNode[]> {
  const pairs = nodes.flatMap(({ kind, id }) => {
    const [endpointId = "", versionId = ""] = id.split("/");
    return kind === "predictions" ? [{ endpointId, versionId }] : [];
  });
  const counts = await countRequests(ctx, pairs, now);
  const countOf = new Map(counts.map((count) => [`${count.endpointId}/${count.versionId}`, count]));
  return nodes.map((node) => {
    if (node.kind !== "predictions") return node;
    const count = countOf.get(node.id);
    return {
      ...node,
      requests: count?.requests ?? 0,
      since: count ? new Date(count.from) : null,
      until: count ? new Date(count.to) : null,
    };
  });
}

/** Versions on endpoints, with the newest time at which they served there. A version that was deleted has no name. */
function readDeployments(workspaceId: string, ids: readonly string[]): SQL {
  return sql`
    with wanted as (
      select pair, split_part(pair, '/', 1)::uuid as endpoint_id, split_part(pair, '/', 2)::uuid as version_id from unnest(${list(ids)}::text[]) as pair
    )
    select distinct on (wanted.pair) wanted.pair as id, model.name, version.version as number, endpoint.name as of,
      ${ms(sql`served.since`)} as since, ${ms(sql`served.until`)} as until
    from wanted
    join endpoints as endpoint on endpoint.id = wanted.endpoint_id and endpoint.workspace_id = ${workspaceId}
    join model_versions as version on version.id = wanted.version_id and version.workspace_id = ${workspaceId}
    join registered_models as model on model.id = version.model_id
    left join ${servedSpans(workspaceId)} as served on served.endpoint_id = wanted.endpoint_id and served.version_id = wanted.version_id
    order by wanted.pair, served.since desc nulls last`;
}

const descriptions: Record<LineageKind, Description> = {
  alert: {
    read: (workspaceId, ids, now) => sql`
      select fingerprint as id, coalesce(labels->>'alertname', fingerprint) as name, severity as detail, ${ms(sql`starts_at`)} as since,
        case when ends_at <= ${now.toISOString()}::timestamptz then ${ms(sql`ends_at`)} end as until
      from alerts where workspace_id = ${workspaceId} and fingerprint = any(${list(ids)}::text[])`,
    title: nameOf,
    href: ({ id }) => `/alerts/${id}`,
  },
  endpoint: {
    read: (workspaceId, ids) => sql`
      select id::text, name, case when archived_at is null then '' else 'archived' end as detail
      from endpoints where workspace_id = ${workspaceId} and id = any(${list(ids)}::uuid[])`,
    title: nameOf,
    href: ({ name }) => `/endpoints/${segment(name)}`,
  },
  deployment: {
    read: readDeployments,
    title: onEndpoint,
    href: ({ of }) => `/endpoints/${segment(of)}/releases`,
  },
  predictions: {
    read: readDeployments,
    title: onEndpoint,
    href: ({ of, number }) =>
      `/endpoints/${segment(of)}/predictions?${new URLSearchParams({ q: `version = ${number}` })}`,
  },
  prediction: {
    read: (workspaceId, ids) => sql`
      select prediction.id::text, left(prediction.id::text, 8) as name, endpoint.name as of, ${ms(sql`prediction.at`)} as since
      from predictions as prediction
      join endpoints as endpoint on endpoint.id = prediction.endpoint_id and endpoint.workspace_id = prediction.workspace_id
      where prediction.workspace_id = ${workspaceId} and prediction.id = any(${list(ids)}::uuid[])`,
    title: ({ name, of }) => `${name} by ${of}`,
    href: ({ id, of }) => `/endpoints/${segment(of)}/predictions/${id}`,
  },
  version: {
    read: (workspaceId, ids) => sql`
      select version.id::text, model.name, version.version as number, version.created_at::float8 as since
      from model_versions as version join registered_models as model on model.id = version.model_id
      where version.workspace_id = ${workspaceId} and version.id = any(${list(ids)}::uuid[])`,
    title: ({ name, number }) => `${name} v${number}`,
    href: ({ name, number }) => `/models/${segment(name)}/v${number}`,
  },
  run: {
    read: (workspaceId, ids) => sql`
      select run.id, run.name, run.experiment_id::float8 as number, experiment.name as detail, run.started_at::float8 as since,
        run.ended_at::float8 as until, (run.deleted_at is not null or experiment.deleted_at is not null) as "isDeleted"
      from runs as run join experiments as experiment on experiment.workspace_id = run.workspace_id and experiment.id = run.experiment_id
      where run.workspace_id = ${workspaceId} and run.id = any(${list(ids)}::text[])`,
    title: nameOf,
    href: ({ id, number }) => `/experiments/${number}/runs/${segment(id)}`,
  },
  job: {
    read: (workspaceId, ids) => sql`
      select id, name, state as detail, ${ms(sql`submitted_at`)} as since, ${ms(sql`ended_at`)} as until
      from training_jobs where workspace_id = ${workspaceId} and id = any(${list(ids)}::text[])`,
    title: nameOf,
    href: ({ id }) => `/jobs/${segment(id)}`,
  },
  cycle: {
    read: (workspaceId, ids) => sql`
      select cycle.id::text, model.name, cycle.number, replace(cycle.state, '-', ' ') as detail, ${ms(sql`cycle.started_at`)} as since,
        ${ms(sql`cycle.ended_at`)} as until
      from retraining_cycles as cycle
      join retraining_policies as policy on policy.workspace_id = cycle.workspace_id and policy.id = cycle.policy_id
      join registered_models as model on model.id = policy.model_id
      where cycle.workspace_id = ${workspaceId} and cycle.id = any(${list(ids)}::uuid[])`,
    title: ({ name, number }) => `Cycle ${number} of ${name}`,
    href: ({ name, number }) => `/retraining/${segment(name)}/${number}`,
  },
  "dataset-version": {
    read: (workspaceId, ids) => {
      const { id, isIn } = endOfDataset(sql`version.name`, sql`version.digest`);
      return sql`
        select distinct on (id) id, name, digest, rows::float8 as number, since
        from (
          select ${id} as id, name, digest, rows, ${ms(sql`created_at`)} as since from dataset_versions as version
          where workspace_id = ${workspaceId} and ${isIn(ids)}
          union all
          select ${id}, name, digest, null, created_at::float8 from datasets as version where workspace_id = ${workspaceId} and ${isIn(ids)}
        ) as version
        order by id, rows nulls last, since`;
    },
    title: nameOf,
    href: ({ name, digest }) => `/datasets/${segment(name)}?${new URLSearchParams({ version: digest ?? "" })}`,
    detail: ({ number }) => (typeof number === "number" ? `${formatCount(number)} rows` : "logged by a run"),
  },
  "label-project": {
    read: (workspaceId, ids) => sql`
      select project.id::text, project.name, endpoint.name as of, ${ms(sql`project.created_at`)} as since
      from label_projects as project
      left join endpoints as endpoint on endpoint.id = project.endpoint_id and endpoint.workspace_id = project.workspace_id
      where project.workspace_id = ${workspaceId} and project.id = any(${list(ids)}::bigint[])`,
    title: nameOf,
    href: ({ id }) => `/labels/${id}`,
    detail: ({ of }) => (of ? `labels predictions of ${of}` : ""),
  },
  "training-set": {
    read: (workspaceId, ids) => sql`
      select asked.id::text, asked.name, endpoint.name as of, ${ms(sql`asked.created_at`)} as since
      from feature_training_sets as asked
      left join endpoints as endpoint on endpoint.id::text = asked.request->'rows'->>'endpoint' and endpoint.workspace_id = asked.workspace_id
      where asked.workspace_id = ${workspaceId} and asked.id = any(${list(ids)}::uuid[])`,
    title: nameOf,
    href: ({ id }) => `/training-sets/${id}`,
    detail: ({ of }) => (of ? `labelled predictions of ${of}` : ""),
  },
  "feature-view": {
    read: (workspaceId, ids) => sql`
      select name as id, name, 'now v' || current_version as detail, ${ms(sql`created_at`)} as since
      from feature_views where workspace_id = ${workspaceId} and name = any(${list(ids)}::text[])`,
    title: nameOf,
    href: ({ name }) => `/features/${segment(name)}`,
  },
  source: {
    read: (workspaceId, ids) => sql`
      select name as id, name, kind as detail, ${ms(sql`created_at`)} as since
      from feature_sources where workspace_id = ${workspaceId} and name = any(${list(ids)}::text[])`,
    title: nameOf,
    href: () => "/features/sources",
  },
};
