import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureType, StoreValue, ViewSource } from "../contract.ts";
import { loadDefinitions } from "../definitions/definitions.ts";
import { noSource } from "../feature-error.ts";
import { findInput, requireSourceScope } from "../materialisations/find-input.ts";
import { makeScratchFolder, removeScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { converterOf, keyConverterOf, ValueProblem } from "../values/convert-value.ts";
import { openSource, type SourcePlace } from "./open-source.ts";
import { type EventRange, type ReadColumn, sourceColumn } from "./source-rows.ts";

interface PullSource {
  /** Name of a source that is defined. */
  source: string;
  /** Names of columns as the source has them. */
  joinKeys: readonly string[];
  features: readonly string[];
  range: EventRange;
  /** Only the newest row of each key. */
  isLatest: boolean;
}

/** Rows of a source, column by column, under the names that the source has. */
interface PulledRows {
  rows: number;
  columns: { name: string; type: FeatureType; cells: StoreValue[] }[];
}

type Column = ReadColumn & { convert: (cell: unknown) => StoreValue | ValueProblem };

/**
 * Reads rows of a source for clients that materialise themselves, page by page, with the types of its views; at least one page, which may be empty.
 * @throws FeatureError "source-not-found", "source-not-read"; DomainError "invalid" for a column that no view knows, and a cell of another type
 */
export async function* pullSource(
  ctx: Context,
  { source: name, joinKeys, features, range, isLatest }: PullSource,
  { scratch, ...place }: Omit<SourcePlace, "folder"> & { scratch: string },
): AsyncGenerator<PulledRows> {
  permit(ctx, "pullSource");
  const { views, sources } = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const source = sources.get(name);
  if (!source) throw noSource(name);
  requireSourceScope(ctx, source);
  const input = await findInput(ctx, source);
  const feeding = new Set(
    [...sources.values()]
      .filter((each) => each.name === name || each.options.batchSource === name)
      .map((each) => each.name),
  );
  const types = new Map<string, Pick<Column, "type" | "convert">>();
  for (const { source: own, current } of views.values()) {
    if (own === null || !feeding.has(own)) continue;
    for (const { name, type } of current.features)
      types.set(sourceColumn(source, name), { type, convert: converterOf(type) });
    for (const { joinKey, type } of current.entities)
      types.set(sourceColumn(source, joinKey), { type, convert: keyConverterOf(type) });
  }
  const column = (from: string, role: ReadColumn["role"]): Column => {
    const known = types.get(from);
    if (known) return { name: from, from, role, ...known };
    throw new DomainError("invalid", `No view that reads the source "${name}" has the column "${from}".`);
  };
  const columns = [
    ...joinKeys.map((key) => column(key, "key")),
    ...features.map((feature) => column(feature, "feature")),
    ...timeColumns(source),
  ];
  const folder = await makeScratchFolder(scratch);
  try {
    const rows = await openSource(ctx, { source, columns, range, isLatest }, input, { ...place, folder });
    try {
      let isEmpty = true;
      for await (const page of rows.pages(null)) {
        isEmpty = false;
        yield { rows: page.rows, columns: columns.map((each) => converted(each, page.columns[each.name] ?? [])) };
      }
      if (isEmpty) yield { rows: 0, columns: columns.map((each) => converted(each, [])) };
    } finally {
      await rows.close();
    }
  } finally {
    await removeScratchFolder(folder);
  }
}

function timeColumns({ eventTimeColumn, createdTimeColumn }: ViewSource): Column[] {
  const times = [
    { from: eventTimeColumn, role: "event" as const },
    ...(createdTimeColumn === null ? [] : [{ from: createdTimeColumn, role: "created" as const }]),
  ];
  return times.map((time) => ({ ...time, name: time.from, type: "timestamp", convert: converterOf("timestamp") }));
}

function converted({ name, type, convert }: Column, cells: readonly unknown[]): PulledRows["columns"][number] {
  const values = cells.map((cell) => {
    const value = convert(cell);
    if (value instanceof ValueProblem) throw new DomainError("invalid", `Column "${name}": ${value.message}`);
    return value;
  });
  return { name, type, cells: values };
}
