import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import type { MaterialisationInput } from "../materialisations/contract.ts";
import {
  type Place,
  pageBytes,
  type ReadColumn,
  type Reading,
  type SourcePage,
  type SourceRows,
} from "./source-rows.ts";

/** Requests of one statement, and rows after which a page ends: a request may have thousands. */
const requestsPerStatement = 200;
const pageRows = 5_000;

/** A tensor of the log, as far as it is read. Without data it was redacted or too large to keep. */
const Tensor = z.object({
  name: z.string(),
  shape: z.array(z.number()),
  data: z.array(z.union([z.number(), z.string(), z.boolean()])).optional(),
});
type Tensor = z.infer<typeof Tensor>;

const Logged = z.object({
  /** The time by which the log is read, and those of the row: microseconds since 1970. */
  readAt: z.number(),
  at: z.number(),
  id: z.string(),
  eventAt: z.number(),
  createdAt: z.number(),
  requestId: z.string(),
  versionId: z.string(),
  prediction: z.string().nullable(),
  confidence: z.number().nullable(),
  label: z.string().nullable(),
  inputs: z.array(z.unknown()).nullable(),
  outputs: z.array(z.unknown()).nullable(),
  /** Of inputs and outputs as text. */
  bytes: z.number(),
});
type Logged = z.infer<typeof Logged>;

/**
 * Opens the predictions of an endpoint as they were logged, one row for each row of a request: docs/spec/features.md section 8.4. A view with the
 * label has only requests that have one, in the order in which labels were received. Models learn from these rows: what a game day affected is not
 * among them.
 * @throws DomainError "not-found" for an endpoint that was deleted
 */
export async function openPredictionRows(
  ctx: Context,
  reading: Reading,
  { endpoint = "" }: MaterialisationInput,
): Promise<SourceRows> {
  const endpointId = await findEndpointId(ctx, endpoint);
  const { columns } = reading;
  return {
    total: null,
    fingerprint: endpointId,
    pages: (after) => pages(ctx, { endpointId, columns, reading }, after),
    close: async () => {},
  };
}

/** @throws DomainError "not-found" */
export async function findEndpointId(ctx: Context, name: string): Promise<string> {
  const ofName = and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.name, name));
  const [row] = await ctx.db.select({ id: endpoints.id }).from(endpoints).where(ofName);
  if (row) return row.id;
  throw new DomainError("not-found", `Endpoint "${name}" not found.`);
}

interface Log {
  endpointId: string;
  columns: readonly ReadColumn[];
  reading: Reading;
}

async function* pages(ctx: Context, log: Log, after: Place | null): AsyncGenerator<SourcePage> {
  let place: Place = after ?? { row: 0, eventAt: null };
  let repeats = place.row;
  let last: Logged | undefined;
  let page = emptyPage(log.columns);
  for (;;) {
    const requests = await readRequests(ctx, log, last ?? place.eventAt);
    if (requests.length === 0) break;
    last = requests.at(-1);
    for (const request of requests) {
      const isRepeated = repeats > 0 && request.readAt === place.eventAt;
      const isFull = page.rows >= pageRows || page.bytes >= pageBytes;
      if (page.rows > 0 && (isFull || isRepeated !== page.isRepeated)) {
        yield { ...page, after: place };
        page = emptyPage(log.columns);
      }
      page.isRepeated = isRepeated;
      page.rows += addRows(page.columns, log.columns, request);
      page.bytes += request.bytes;
      repeats = isRepeated ? repeats - 1 : 0;
      if (!isRepeated) place = { eventAt: request.readAt, row: request.readAt === place.eventAt ? place.row + 1 : 1 };
    }
  }
  if (page.rows > 0) yield { ...page, after: place };
}

function emptyPage(columns: readonly ReadColumn[]): Omit<SourcePage, "after"> & { bytes: number } {
  return { columns: Object.fromEntries(columns.map(({ name }) => [name, []])), rows: 0, isRepeated: false, bytes: 0 };
}

/**
 * Reads the next requests after one that was read, or from a time; the log may change meanwhile, so a count of rows is no place in it. Those of one
 * call have about as many bytes as a page.
 */
async function readRequests(
  ctx: Context,
  { endpointId, columns, reading: { range } }: Log,
  from: Logged | number | null,
): Promise<Logged[]> {
  const hasLabel = columns.some(({ from }) => from === "label");
  const micros = (time: ReturnType<typeof sql>) => sql`(extract(epoch from ${time}) * 1000000)::int8`;
  const instant = (us: number) => sql`(timestamptz 'epoch' + ${us}::int8 * interval '1 microsecond')`;
  const at = sql`prediction.at`;
  const readAt = hasLabel ? sql`label.received_at` : at;
  const last = typeof from === "object" ? from : null;
  const after = last
    ? sql`and (${readAt}, prediction.at, prediction.id) > (${instant(last.readAt)}, ${instant(last.at)}, ${last.id}::uuid)`
    : sql``;
  const size = sql`(coalesce(octet_length(inputs::text), 0) + coalesce(octet_length(outputs::text), 0))`;
  const start = last?.readAt ?? (typeof from === "number" ? from : range.from);
  const result = await ctx.db.execute(sql`
    select * from (select *, ${size} as bytes,
      sum(${size}) over (order by "readAt", at, id rows unbounded preceding) - ${size} as bytes_before
    from (select ${micros(at)} as at, prediction.id, ${micros(readAt)} as "readAt",
      ${micros(hasLabel ? sql`label.observed_at` : at)} as "eventAt", ${micros(readAt)} as "createdAt",
      prediction.request_id as "requestId", prediction.version_id as "versionId", prediction.answer as prediction,
      prediction.confidence, label.label, prediction.inputs, prediction.outputs
    from predictions prediction
    ${hasLabel ? sql`join` : sql`left join`} prediction_labels label
      on label.endpoint_id = prediction.endpoint_id and label.request_id = prediction.request_id
    where prediction.workspace_id = ${ctx.actor.workspaceId} and prediction.endpoint_id = ${endpointId}
      and prediction.status = 200 and prediction.arm <> 'shadow' and prediction.game_day_id is null
      and ${readAt} between ${instant(start)} and ${instant(range.to)} ${after}
    order by ${readAt}, prediction.at, prediction.id
    limit ${requestsPerStatement}) as next) as measured
    where bytes_before < ${pageBytes} order by "readAt", at, id`);
  return rowsLikeFirst(Logged, result);
}

/** Adds the rows of a request to a page. @returns how many */
function addRows(page: Record<string, unknown[]>, columns: readonly ReadColumn[], request: Logged): number {
  const inputs = tensorsOf(request.inputs);
  const outputs = tensorsOf(request.outputs);
  const rows = Math.max(1, (inputs[0] ?? outputs[0])?.shape[0] ?? 1);
  for (const column of columns) {
    const cells = page[column.name];
    const cellOf = reader(column, request, { inputs, outputs, rows });
    for (let row = 0; row < rows; row += 1) cells?.push(cellOf(row));
  }
  return rows;
}

function tensorsOf(logged: readonly unknown[] | null): Tensor[] {
  return (logged ?? []).flatMap((tensor) => {
    const read = Tensor.safeParse(tensor);
    return read.success ? [read.data] : [];
  });
}

function reader(
  { from, role }: ReadColumn,
  request: Logged,
  { inputs, outputs, rows }: { inputs: readonly Tensor[]; outputs: readonly Tensor[]; rows: number },
): (row: number) => unknown {
  if (role === "event") return () => BigInt(request.eventAt);
  if (role === "created") return () => BigInt(request.createdAt);
  const named = (tensors: readonly Tensor[], name: string) => tensors.find((tensor) => tensor.name === name);
  const tensor =
    from.startsWith("inputs.") || from.startsWith("outputs.")
      ? named(from.startsWith("inputs.") ? inputs : outputs, from.slice(from.indexOf(".") + 1))
      : (named(inputs, from) ?? named(outputs, from));
  if (tensor) return (row) => cellOfRow(tensor, rows, row);
  // What is known of a request belongs to a row only if it is the only one.
  const { prediction, confidence, label } = request;
  const ofRequest: Record<string, unknown> = { prediction, confidence, label };
  if (Object.hasOwn(ofRequest, from)) return () => (rows === 1 ? ofRequest[from] : null);
  if (from === "request_id") return () => request.requestId;
  return from === "version_id" ? () => request.versionId : () => null;
}

/** The value of one row; several values of a row are a list. */
function cellOfRow({ data }: Tensor, rows: number, row: number): unknown {
  if (!data) return null;
  const width = data.length / rows;
  if (!Number.isInteger(width) || width === 0) return null;
  return width === 1 ? data[row] : data.slice(row * width, (row + 1) * width);
}
