import { and, desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import type { Value } from "#server/develop/datasets/rows/value.ts";
import { getModelSummary } from "#server/develop/registry/models/queries.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { listPredictions } from "../predictions/queries.ts";
import type { GivenInput } from "../protocol/contract.ts";
import { drawRows, indicesOf, meanRow, rowOfRecorded, rowsFor, zeroRow } from "./background-rows.ts";
import type { BackgroundChoice } from "./contract.ts";
import type { Background } from "./explain-prediction.ts";
import type { Element } from "./explain-row.ts";
import { featuresOf } from "./features.ts";

const maxRecorded = 200;
/** Read from the start of a dataset, which rows are then drawn from. */
const maxRead = 5000;

interface Wanted {
  model: string;
  inputs: GivenInput[];
  choice: BackgroundChoice;
  seed: number;
}

/**
 * Finds rows that represent "not known", from the chosen source.
 * @throws DomainError "invalid" or "conflict" when there are none, with what to choose instead
 */
export async function findBackground(ctx: Context, store: ArtifactStore, wanted: Wanted): Promise<Background> {
  const { inputs, choice, seed } = wanted;
  const features = featuresOf(inputs);
  if (choice.from === "zero") return { rows: [zeroRow(inputs)], source: "all zeros" };
  const all =
    choice.from === "recorded" ? await recorded(ctx, wanted) : await ofDataset(ctx, store, wanted, choice.dataset);
  const name = choice.from === "recorded" ? "recorded requests" : `rows of ${choice.dataset}`;
  if (choice.as === "mean") return { rows: [meanRow(inputs, all)], source: `the mean of ${all.length} ${name}` };
  const rows = drawRows(all, rowsFor(features.length), seed);
  return { rows, source: `${rows.length} of ${all.length} ${name}` };
}

async function recorded(ctx: Context, { model, inputs }: Wanted): Promise<Element[][]> {
  const { endpoints } = await getModelSummary(ctx, model);
  const lists = await Promise.all(
    endpoints.slice(0, 5).map(({ id: endpointId }) => listPredictions(ctx, { endpointId, limit: maxRecorded })),
  );
  const rows = lists.flatMap(({ predictions }) =>
    predictions.flatMap((each) => {
      const row = each.status < 400 && each.gameDay === null ? rowOfRecorded(inputs, each.inputs) : undefined;
      return row ? [row] : [];
    }),
  );
  if (rows.length > 0) return rows;
  throw new DomainError(
    "conflict",
    `No logged request of ${model} has single-row inputs like these. Use a dataset or zeros as the background.`,
  );
}

async function ofDataset(ctx: Context, store: ArtifactStore, { inputs }: Wanted, name: string): Promise<Element[][]> {
  permit(ctx, "getDataset");
  const [version] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, name)))
    .orderBy(desc(datasetVersions.createdAt))
    .limit(1);
  if (!version)
    throw new DomainError("not-found", `The rows of dataset "${name}" are not available. Choose another background.`);
  const table = await openTable(store, version);
  const indices = indicesOf(featuresOf(inputs), table.columns, name);
  const types = inputs.flatMap(({ datatype, data }) => data.map(() => datatype));
  const rows: Element[][] = [];
  let read = 0;
  for await (const { values } of table.rows) {
    const row = indices.map((index, feature) => elementOf(values[index] ?? null, types[feature] as string));
    if (row.every((element) => element !== undefined)) rows.push(row);
    read += 1;
    if (read >= maxRead) break;
  }
  if (rows.length > 0) return rows;
  throw new DomainError("invalid", `No row of "${name}" matches the inputs: values are missing or have another type.`);
}

/** Converts a cell to an element of an input; undefined when it is missing or of another type. */
function elementOf(value: Value, datatype: string): Element | undefined {
  if (value === null) return undefined;
  if (datatype === "BYTES") return value.text;
  if (datatype === "BOOL") return value.kind === "boolean" ? value.number === 1 : undefined;
  const isFine = Number.isFinite(value.number) && (datatype.startsWith("FP") || Number.isInteger(value.number));
  return isFine ? value.number : undefined;
}
