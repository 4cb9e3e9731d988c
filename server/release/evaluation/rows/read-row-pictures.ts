import type { Context } from "#server/base/context.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import { EvaluationSetDefinition } from "../contract.ts";
import { planInputs } from "../runs/plan-inputs.ts";
import { findReadySet } from "../sets/set-queries.ts";

/** Characters of a picture as base64, and bytes of a dataset's file, beyond which nothing is shown: a page must stay light. */
const maxPicture = 400_000;
const maxFileBytes = 200_000_000;

/** First characters of the base64 of files that browsers show as pictures, and no others. */
const kinds: readonly [start: string, mimeType: string][] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

interface Wanted {
  setId: string;
  version: { name: string; version: number };
  /** Numbers of rows, from 1, in the file of the set. */
  rows: readonly number[];
}

/** Whether a version gets a picture as a file. */
export async function hasPictures(ctx: Context, version: Wanted["version"]): Promise<boolean> {
  permit(ctx, "listEvaluatedRows");
  const { pipeline } = versionSides(await findVersion(ctx, version));
  return pipeline?.before.some(({ kind }) => kind === "image") === true;
}

/**
 * Reads the first picture that a version gets of some rows of a set, as data URLs by row. Rows without one that browsers show are left out, and so are
 * all rows of a very large file.
 * @throws DomainError "not-found" for the set or the version
 */
export async function readRowPictures(
  ctx: Context,
  { setId, version, rows }: Wanted,
  store: ArtifactStore,
): Promise<Map<number, string>> {
  permit(ctx, "listEvaluatedRows");
  const { dataset, definition } = await findReadySet(ctx, setId);
  const sides = versionSides(await findVersion(ctx, version));
  const found = new Map<number, string>();
  if (rows.length === 0 || (await store.stat(dataset.artifactKey)).sizeBytes > maxFileBytes) return found;
  const table = await openColumns(store, dataset);
  const named = EvaluationSetDefinition.parse(definition).columns;
  const [picture] = planInputs(sides, table.columns, named, dataset.name).pictures;
  if (!picture) return found;
  const last = Math.max(...rows);
  let first = 1;
  for await (const batch of table.batches) {
    const column = batch.columns[picture.index];
    for (const row of rows) {
      const at = row - first;
      if (at < 0 || at >= batch.rows || !column) continue;
      const url = pictureUrl(column.value(column.cells[at])?.text ?? "");
      if (url !== undefined) found.set(row, url);
    }
    first += batch.rows;
    if (first > last) break;
  }
  return found;
}

function pictureUrl(text: string): string | undefined {
  const base64 = text.startsWith('base64"') ? text.slice(7, -1) : text.replace(/^data:[\w/+.-]{0,100};base64,/, "");
  if (base64.length > maxPicture || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const kind = kinds.find(([start]) => base64.startsWith(start));
  return kind && `data:${kind[1]};base64,${base64}`;
}
