import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import type { Signature } from "#server/registry/onnx/contract.ts";
import type { Pipeline } from "#server/registry/pipeline/definition.ts";
import type { LoggedTensor } from "#server/serving/predictions/contract.ts";
import { FeatureReader } from "../../features/feature-reader.ts";
import { featuresOf } from "../../features/features-of.ts";
import type { RuleRow } from "../rules/check-rules.ts";

interface Asked {
  endpointId: string;
  versionId: string;
  from: Date;
  to: Date;
}

export interface LoggedRows {
  rows: RuleRow[];
  /** Names that the version's rows have. */
  features: Set<string>;
  /** Those of them that are inputs as they were sent, not what is made of them. */
  inputs: Set<string>;
}

const mostRequests = 2_000;
const mostRows = 5_000;
const mostBytes = 8_000;

/** The newest sampled rows of a version in the log, by the names of their features: what stands for all requests, as clients sent it. */
export async function readRows(ctx: Context, { endpointId, versionId, from, to }: Asked): Promise<LoggedRows> {
  const { workspaceId } = ctx.actor;
  const version = await ctx.db.execute<{ signature: Signature | null; pipeline: Pipeline | null }>(
    sql`select signature, pipeline from model_versions where workspace_id = ${workspaceId} and id = ${versionId}`,
  );
  const { signature, pipeline } = version.rows[0] ?? {};
  if (!signature) return { rows: [], features: new Set(), inputs: new Set() };
  const specs = featuresOf(signature, pipeline ?? undefined).filter(({ source }) => source.from !== "picture");
  const logged = await ctx.db.execute<{ inputs: LoggedTensor[]; outputs: LoggedTensor[] | null }>(sql`
    select inputs, outputs from predictions
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and version_id = ${versionId} and arm <> 'shadow'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
      and kept = 'sampled' and status < 400 and jsonb_typeof(inputs) = 'array' and pg_column_size(inputs) < ${mostBytes}
    order by at desc limit ${mostRequests}`);
  const reader = new FeatureReader(specs, { labels: signature.labels });
  const rows: RuleRow[] = [];
  for (const { inputs, outputs } of logged.rows) {
    const whole = inputs.filter((tensor) => tensor.data !== undefined);
    // A request without its data, such as one that is redacted, says nothing of missing values.
    if (whole.length < inputs.length) continue;
    reader.bind({ inputs: whole.map(given), outputs: (outputs ?? []).map(given) });
    const count = Math.min(mostRows - rows.length, whole[0]?.shape[0] ?? 1);
    for (let row = 0; row < count; row++) {
      rows.push(new Map(specs.map(({ name }, at) => [name, reader.value(at, row) ?? null])));
    }
    if (rows.length >= mostRows) break;
  }
  const inputs = specs.filter(({ role, source }) => role === "input" && source.from === "element");
  return { rows, features: new Set(specs.map(namedBy)), inputs: new Set(inputs.map(namedBy)) };
}

function namedBy({ name }: { name: string }): string {
  return name;
}

function given({ name, data = [] }: LoggedTensor) {
  return { name, data };
}
