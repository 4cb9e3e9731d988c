import { and, asc, eq } from "drizzle-orm";
import type { z } from "zod";
import { featureSources, featureViews, featureViewVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import {
  type FeatureView,
  maxKeyBytes,
  maxWrittenRows,
  type StoreValue,
  WriteFeatures,
  type WrittenFeatures,
} from "../contract.ts";
import { toSource, toVersion, toView } from "../definitions/shapes.ts";
import { atArrival, layoutOf } from "../definitions/view-features.ts";
import { RequestWork } from "../expressions/request-work.ts";
import { computeAtArrival, eventTimeName } from "../expressions/view-expressions.ts";
import { FeatureError, noFeatureView } from "../feature-error.ts";
import { encodeEntityKey } from "../rows/entity-key.ts";
import type { WrittenRow } from "../rows/feature-rows.ts";
import { keyConverterOf, ValueProblem } from "../values/convert-value.ts";
import { databaseTime, holdViews } from "./hold-views.ts";
import type { PackedRow } from "./newest-per-key.ts";
import { BadCells, BadRows, readFeatureColumn, readTimeColumn } from "./read-columns.ts";
import { writeRows } from "./write-rows.ts";

/** Times that rows are packed, if the views change meanwhile. */
const maxTries = 5;

/** An event further ahead would shut out every later write of its key. */
const maxAheadUs = 5 * 60 * 1_000_000;

interface WriteOptions {
  /** Key of the request, which then has its effect once. */
  idempotencyKey?: string | undefined;
  /** Called with the keys of each view after the commit, for who keeps rows in memory. */
  onWritten?: (viewNumber: number, keys: readonly Buffer[]) => void;
  /** Called with the rows of each view that are the newest of their keys now, after the commit, for who stores them elsewhere. */
  onNewest?: ((viewNumber: number, rows: readonly WrittenRow[]) => void) | undefined;
  /**
   * Bad rows are left out instead of refusing all. Called in the transaction that writes the others, with what was written and the rows that
   * were not; if it throws, nothing is written.
   */
  withGoodRows?: (ctx: Context, written: WrittenFeatures, rejected: readonly RejectedRow[]) => Promise<void>;
  /** Called with each view that the rows were for, if a cell breaks its contract and nothing is written therefore. */
  onRejected?: ((viewId: string, rows: number) => void) | undefined;
}

/** A row that was left out, with its first bad cell. */
export interface RejectedRow {
  cells: Record<string, unknown>;
  column: string;
  problem: string;
}

/**
 * Writes rows of a view, or of every view of a push source: all of them, or none. The newest event of each key stays, whatever the order of
 * arrival; every row goes to the history.
 * @returns rows that are the newest of their keys now, and rows that were older
 * @throws FeatureError "bad-cells" with the first bad cells, "view-not-found", "push-source-not-found", "other" for columns, "too-large"; DomainError "unavailable" if the
 *   views change all the time
 */
export async function writeFeatures(
  ctx: Context,
  input: WriteFeatures,
  { idempotencyKey, onWritten, onNewest, withGoodRows, onRejected }: WriteOptions = {},
): Promise<WrittenFeatures> {
  permit(ctx, "writeFeatures");
  const parsed = WriteFeatures.parse(input);
  const request = idempotencyKey === undefined ? undefined : digestible(parsed);
  for (let tries = 1; ; tries += 1) {
    const prepared = await attempt(() =>
      prepare(ctx, parsed, { leavesOutBadRows: withGoodRows !== undefined, onRejected }),
    );
    /** What the last attempt stored: one before it was undone. */
    let last: { written: WrittenFeatures; calls: (() => void)[] } | undefined;
    const work = (ctx: Context) => {
      // Fails only here, since a repeated request gets its first answer whatever the views are now.
      const { views, rejected } = prepared();
      return transact(ctx, async (ctx) => {
        const calls: (() => void)[] = [];
        const written = await store(ctx, parsed, {
          views,
          onWritten: onWritten && ((...call) => calls.push(() => onWritten(...call))),
          onNewest: onNewest && ((...call) => calls.push(() => onNewest(...call))),
        });
        await withGoodRows?.(ctx, written, rejected);
        last = { written, calls };
        return written;
      });
    };
    try {
      const written = await once(ctx, "writeFeatures", idempotencyKey, request, work);
      // It is another one if an earlier request with this key was the one that wrote.
      if (written === last?.written) for (const call of last.calls) call();
      return written;
    } catch (error) {
      if (!(error instanceof ViewsChanged)) throw error;
      if (tries === maxTries) {
        const message = "The views are being changed. Retry in a moment.";
        throw new DomainError("unavailable", message, { retryAfterSeconds: 1, cause: error });
      }
    }
  }
}

/** A view changed while rows were packed for it. */
class ViewsChanged extends Error {}

/** Runs something whose error is thrown later, when its result is asked for. */
async function attempt<Result>(run: () => Promise<Result>): Promise<() => Result> {
  try {
    const result = await run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** A row without a created time was created when it arrives. */
type PreparedRow = Omit<PackedRow, "createdAt"> & { createdAt: number | null };

interface Prepared {
  /** In the order of their numbers, so that two pushes to the same views wait for each other in one order. */
  views: { view: FeatureView; rows: PreparedRow[] }[];
  rejected: RejectedRow[];
}

/** Checks and packs rows, which may take seconds: no lock is held and no connection. */
async function prepare(
  ctx: Context,
  { view: viewName, pushSource, columns: given }: z.output<typeof WriteFeatures>,
  { leavesOutBadRows, onRejected }: { leavesOutBadRows: boolean; onRejected: WriteOptions["onRejected"] },
): Promise<Prepared> {
  const views = await findViews(ctx, { viewName, pushSource });
  const now = await databaseTime(ctx);
  rowsIn(given);
  refuseUnknownColumns(given, views);
  const rejected: RejectedRow[] = [];
  for (let columns = given; ; ) {
    const bad = leavesOutBadRows ? new BadRows() : new BadCells();
    const work = new RequestWork();
    const packed: Prepared["views"] = [];
    const rows = rowsIn(columns);
    for (const view of views) {
      const before = bad.count;
      packed.push({ view, rows: await packRows(view, { columns, rows, now, bad, work }) });
      if (!leavesOutBadRows && bad.count > before) onRejected?.(view.id, rows);
    }
    if (bad.count === 0) return { views: packed, rejected };
    if (!(bad instanceof BadRows)) throw badCells(bad);
    // Checks end where a cell is bad, so more may be found among the rows that are left.
    for (const [row, first] of bad.rows) rejected.push({ cells: rowOf(columns, row), ...first });
    columns = withoutRows(columns, bad.rows);
  }
}

function rowOf(columns: Record<string, readonly unknown[]>, row: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[row]]));
}

function withoutRows(columns: Record<string, readonly unknown[]>, rows: ReadonlyMap<number, unknown>) {
  return Object.fromEntries(
    Object.entries(columns).map(([name, cells]) => [name, cells.filter((_, row) => !rows.has(row))]),
  );
}

/** @throws ViewsChanged if rows were packed for other views than there are now */
async function store(
  ctx: Context,
  { view: viewName, pushSource, isHistoryOnly, origin }: z.output<typeof WriteFeatures>,
  { views, onWritten, onNewest }: Pick<Prepared, "views"> & Pick<WriteOptions, "onWritten" | "onNewest">,
): Promise<WrittenFeatures> {
  const arrivedAt = await holdViews(ctx);
  const current = await findViews(ctx, { viewName, pushSource });
  if (shapeOf(current) !== shapeOf(views.map(({ view }) => view))) throw new ViewsChanged();
  const total: WrittenFeatures = { written: 0, older: 0 };
  for (const [index, { view, rows }] of views.entries()) {
    const isOnline = current[index]?.isOnline ?? view.isOnline;
    const arriving = rows.map((row) => ({ ...row, createdAt: row.createdAt ?? arrivedAt }));
    const options = {
      arrivedAt,
      origin,
      isHistoryOnly: isHistoryOnly || !isOnline,
      onNewest: onNewest && ((rows: readonly WrittenRow[]) => onNewest(view.number, rows)),
    };
    const { written, older } = await writeRows(ctx, view.number, arriving, options);
    total.written += written;
    total.older += older;
    onWritten?.(
      view.number,
      rows.map(({ key }) => key),
    );
  }
  return total;
}

/** What rows of views are checked and packed by. */
function shapeOf(views: readonly FeatureView[]): string {
  return JSON.stringify(
    views.map(({ number, current, eventTimeColumn, createdTimeColumn }) => [
      number,
      current.version,
      current.digest,
      eventTimeColumn,
      createdTimeColumn,
    ]),
  );
}

/** Finds the views to write. */
async function findViews(
  ctx: Context,
  { viewName, pushSource }: { viewName: string | undefined; pushSource: string | undefined },
): Promise<FeatureView[]> {
  const { workspaceId } = ctx.actor;
  const chosen = viewName === undefined ? eq(featureViews.source, pushSource ?? "") : eq(featureViews.name, viewName);
  const found = await ctx.db
    .select({ view: featureViews, version: featureViewVersions, source: featureSources })
    .from(featureViews)
    .innerJoin(
      featureViewVersions,
      and(
        eq(featureViewVersions.viewId, featureViews.id),
        eq(featureViewVersions.version, featureViews.currentVersion),
      ),
    )
    .leftJoin(
      featureSources,
      and(eq(featureSources.workspaceId, featureViews.workspaceId), eq(featureSources.name, featureViews.source)),
    )
    .where(and(eq(featureViews.workspaceId, workspaceId), chosen))
    .orderBy(asc(featureViews.number));
  const views = found.filter(({ source }) => viewName !== undefined || source?.kind === "push");
  if (views.length === 0) {
    if (viewName !== undefined) throw noFeatureView(viewName);
    const message = `Push source "${pushSource}" not found, or not used by any view.`;
    throw new FeatureError("not-found", "push-source-not-found", message);
  }
  return views.map(({ view, version, source }) =>
    toView(view, toVersion(version), source === null ? undefined : toSource(source)),
  );
}

/** @throws FeatureError if there is no column, or the columns differ in length */
function rowsIn(columns: Record<string, readonly unknown[]>): number {
  const [first, ...others] = Object.entries(columns);
  if (!first) throw new FeatureError("invalid", "other", "Send at least the columns of the view.");
  const rows = first[1].length;
  const ragged = others.find(([, cells]) => cells.length !== rows);
  if (ragged) {
    const message = `Columns differ in length: "${first[0]}" has ${rows} values, "${ragged[0]}" has ${ragged[1].length}.`;
    throw new FeatureError("invalid", "other", message);
  }
  if (rows > maxWrittenRows) {
    throw new FeatureError("too-large", "other", `At most ${maxWrittenRows} rows per request; got ${rows}.`);
  }
  return rows;
}

function refuseUnknownColumns(columns: object, views: readonly FeatureView[]): void {
  const known = new Set(
    views.flatMap(({ current, eventTimeColumn, createdTimeColumn }) => [
      ...current.entities.map(({ joinKey }) => joinKey),
      ...current.features.map(({ name }) => name),
      eventTimeColumn,
      ...(createdTimeColumn === null ? [] : [createdTimeColumn]),
    ]),
  );
  const unknown = Object.keys(columns).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const names = views.map(({ name }) => `"${name}"`).join(", ");
  const message = `Unknown column ${unknown.map((name) => `"${name}"`).join(", ")}. ${names} takes ${[...known].join(", ")}.`;
  throw new FeatureError("invalid", "other", message);
}

/** Checks and packs the rows of one view. Where a cell is bad, it is noted, and what is returned is not to be written. */
async function packRows(
  view: FeatureView,
  {
    columns,
    rows,
    now,
    bad,
    work,
  }: {
    columns: Record<string, readonly unknown[]>;
    rows: number;
    /** The database's clock, in microseconds since 1970. */
    now: number;
    bad: BadCells;
    work: RequestWork;
  },
): Promise<PreparedRow[]> {
  const { entities, features, expressions } = view.current;
  const cellsOf = (name: string): readonly unknown[] => {
    const cells = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (cells) return cells;
    throw new FeatureError("invalid", "other", `The column "${name}" of view "${view.name}" is missing.`);
  };
  const keys = entities.map(({ joinKey, type }) => readKeyColumn(joinKey, keyConverterOf(type), cellsOf(joinKey), bad));
  const events = readEventTimes(view.eventTimeColumn, cellsOf(view.eventTimeColumn), now, bad);
  const created = readCreatedTimes(view.createdTimeColumn, columns, bad);
  const read = features.map((feature) => readFeatureColumn(feature, cellsOf(feature.name), bad));
  if (bad.count > 0) return [];
  if (atArrival(expressions).length > 0) {
    const row = new Map<string, readonly StoreValue[]>([
      [eventTimeName, events.map((time) => (time === null ? null : BigInt(time)))],
      ...entities.map(({ joinKey }, index): [string, StoreValue[]] => [joinKey, keys[index] ?? []]),
      ...features.map(({ name }, index): [string, StoreValue[]] => [name, read[index] ?? []]),
    ]);
    for (const { name, values, failures } of await computeAtArrival(view.current, row, {
      rows,
      work,
    })) {
      for (const [row, reason] of failures) bad.add(row, name, reason);
      read.push(values);
    }
    if (bad.count > 0) return [];
  }
  const layout = layoutOf(view.current);
  const types = entities.map(({ type }) => type);
  return Array.from({ length: rows }, (_, row) => {
    const key = encodeEntityKey(
      types,
      keys.map((column) => column[row] ?? null),
    );
    if (!key) throw new Error("A key was not checked.");
    if (key.length > maxKeyBytes) {
      bad.add(row, entities[0]?.joinKey ?? "", `The key is longer than ${maxKeyBytes} bytes.`);
    }
    const packed = layout.pack(read.map((column) => column[row] ?? null));
    return { key, eventAt: events[row] ?? now, createdAt: created?.[row] ?? null, packed };
  });
}

function readKeyColumn(
  name: string,
  convert: ReturnType<typeof keyConverterOf>,
  cells: readonly unknown[],
  bad: BadCells,
) {
  return cells.map((cell, row) => {
    const value = convert(cell);
    if (value === null) bad.add(row, name, "A key is required.");
    if (!(value instanceof ValueProblem)) return value;
    bad.add(row, name, value.message);
    return null;
  });
}

function readEventTimes(name: string, cells: readonly unknown[], now: number, bad: BadCells) {
  const before = bad.count;
  const times = readTimeColumn(name, cells, bad);
  if (bad.count > before) return times;
  for (const [row, time] of times.entries()) {
    if (time === null) bad.add(row, name, "An event time is required.");
    else if (time > now + maxAheadUs) bad.add(row, name, "The event time is more than 5 minutes in the future.");
  }
  return times;
}

/** Created times; a row without one was created when it arrived. */
function readCreatedTimes(name: string | null, columns: Record<string, readonly unknown[]>, bad: BadCells) {
  if (name === null || !Object.hasOwn(columns, name)) return undefined;
  return readTimeColumn(name, columns[name] ?? [], bad);
}

function badCells(bad: BadCells): FeatureError {
  const cells = bad.first();
  const shown = cells.map(({ row, column, problem }) => `row ${row}, column "${column}": ${problem}`).join(" ");
  const count = bad.count === 1 ? "1 cell breaks" : `${bad.count} cells break`;
  return new FeatureError("invalid", "bad-cells", `Nothing was written: ${count} the view's contract. ${shown}`, {
    cells,
  });
}

/** A request as JSON can have it, for the comparison with an earlier one of the same key. */
function digestible(input: z.output<typeof WriteFeatures>): unknown {
  return JSON.parse(JSON.stringify(input, (_, value) => (typeof value === "bigint" ? String(value) : value)));
}
