import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { FeatureReader } from "../../features/feature-reader.ts";
import { featuresOf } from "../../features/features-of.ts";
import type { RuleRow } from "../rules/check-rules.ts";

interface Requested {
  endpointId: string;
  versionId: string;
  from: Date;
  to: Date;
  /** Maximum requests per minute, the same in every evaluation, and rows per request; without it, the newest of all. */
  perMinute?: { requests: number; rows: number } | undefined;
}

export interface LoggedRows {
  rows: RuleRow[];
  /** Time of each request, milliseconds since 1970, full minutes. */
  minutes: number[];
  /** Names that the version's rows have. */
  features: Set<string>;
  /** Features that are inputs as sent, not derived ones. */
  inputs: Set<string>;
  specs: FeatureSpec[];
}

const maxRequests = 2_000;
const maxRows = 5_000;
const maxBytes = 8_000;

/** Reads the newest sampled rows of a version from the log, by feature name: a representative sample of requests, as clients sent them. */
export async function readRows(ctx: Context, request: Requested): Promise<LoggedRows> {
  const { versionId, perMinute } = request;
  const { workspaceId } = ctx.actor;
  const version = await ctx.db.execute<{ signature: Signature | null; pipeline: Pipeline | null }>(
    sql`select signature, pipeline from model_versions where workspace_id = ${workspaceId} and id = ${versionId}`,
  );
  const { signature, pipeline } = version.rows[0] ?? {};
  if (!signature) return { rows: [], minutes: [], features: new Set(), inputs: new Set(), specs: [] };
  const specs = featuresOf(signature, pipeline ?? undefined).filter(({ source }) => source.from !== "picture");
  const logged = await ctx.db.execute<LoggedRequest>(sql`
    select inputs, outputs, (floor(extract(epoch from at) / 60) * 60000)::float8 as minute from ${requestsOf(ctx, request)}
    order by at desc limit ${maxRequests}`);
  const reader = new FeatureReader(specs, { labels: signature.labels });
  const rows: RuleRow[] = [];
  const minutes: number[] = [];
  for (const { inputs, outputs, minute } of logged.rows) {
    const complete = inputs.filter((tensor) => tensor.data !== undefined);
    // A request without its data, such as a redacted one, is no evidence of missing values.
    if (complete.length < inputs.length) continue;
    reader.bind({ inputs: complete.map(given), outputs: (outputs ?? []).map(given) });
    const count = Math.min(maxRows - rows.length, perMinute?.rows ?? maxRows, complete[0]?.shape[0] ?? 1);
    for (let row = 0; row < count; row++) {
      rows.push(new Map(specs.map(({ name }, at) => [name, reader.value(at, row) ?? null])));
      minutes.push(minute);
    }
    if (rows.length >= maxRows) break;
  }
  const inputs = specs.filter(({ role, source }) => role === "input" && source.from === "element");
  return { rows, minutes, features: new Set(specs.map(namedBy)), inputs: new Set(inputs.map(namedBy)), specs };
}

interface LoggedRequest extends Record<string, unknown> {
  inputs: LoggedTensor[];
  outputs: LoggedTensor[] | null;
  minute: number;
}

/** Selects a representative sample: IDs are random, so the first ones of a minute are a random sample of it. */
function requestsOf(ctx: Context, { endpointId, versionId, from, to, perMinute }: Requested): SQL {
  const all = sql`select id, at, inputs, outputs from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and version_id = ${versionId} and arm <> 'shadow'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
      and logged_reason = 'sampled' and status < 400 and jsonb_typeof(inputs) = 'array' and pg_column_size(inputs) < ${maxBytes}`;
  if (!perMinute) return sql`(${all}) as requested`;
  return sql`(select * from (
    select *, row_number() over (partition by floor(extract(epoch from at) / 60) order by id) as place from (${all}) as requested
  ) as placed where place <= ${perMinute.requests}) as requested`;
}

function namedBy({ name }: { name: string }): string {
  return name;
}

function given({ name, data = [] }: LoggedTensor) {
  return { name, data };
}
