import type { Context } from "#server/base/context.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { versionSides } from "#server/watch/monitoring/profiles/version-sides.ts";
import { EvaluationSetDefinition } from "../contract.ts";
import { planInputs } from "../runs/plan-inputs.ts";
import { findReadySet } from "../sets/set-queries.ts";
import { KeptPictures } from "./kept-pictures.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** Characters of a picture as base64, and bytes of a dataset's file, beyond which nothing is shown: a page must stay light. */
const maxPicture = 400_000;
const maxFileBytes = 200_000_000;
/** Bytes of a file that takes some tens of milliseconds to read. */
const fewFileBytes = 2_000_000;

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
 * all rows of a very large file. Pictures that were shown lately stay in memory, and large files are read one after the other: a picture lies anywhere
 * in its file, which is read up to there.
 * @throws DomainError "not-found" for the set or the version, "unavailable" when too many wait
 */
export async function readRowPictures(
  ctx: Context,
  { setId, version, rows }: Wanted,
  store: ArtifactStore,
): Promise<Map<number, string>> {
  permit(ctx, "listEvaluatedRows");
  const ready = await findReadySet(ctx, setId);
  const details = await findVersion(ctx, version);
  const known = picturesOf(store);
  // The set is frozen, and the digests say what the version gets of it.
  const source = [setId, details.id, details.sha256, details.pipelineDigest].join(" ");
  const keyOf = (row: number) => `${source} ${row}`;
  const isMissing = (row: number) => !known.has(keyOf(row));
  if (rows.some(isMissing)) {
    const { sizeBytes } = await store.stat(ready.dataset.artifactKey);
    if (sizeBytes > maxFileBytes) return new Map();
    const work = sizeBytes > fewFileBytes ? Number.POSITIVE_INFINITY : 0;
    await oneAtATime(work, async () => {
      // The request before may have read them.
      const missing = rows.filter(isMissing);
      if (missing.length === 0) return;
      const found = await readPictures(ready, versionSides(details), missing, store);
      for (const row of missing) known.set(keyOf(row), found.get(row) ?? "");
    });
  }
  const shown = rows.map((row): [number, string] => [row, known.get(keyOf(row)) ?? ""]);
  return new Map(shown.filter(([, url]) => url !== ""));
}

async function readPictures(
  { dataset, definition }: Awaited<ReturnType<typeof findReadySet>>,
  sides: ReturnType<typeof versionSides>,
  rows: readonly number[],
  store: ArtifactStore,
): Promise<Map<number, string>> {
  const found = new Map<number, string>();
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

/** Pictures that were shown lately, by store. */
const caches = new WeakMap<ArtifactStore, KeptPictures>();

function picturesOf(store: ArtifactStore): KeptPictures {
  const known = caches.get(store) ?? new KeptPictures();
  caches.set(store, known);
  return known;
}

function pictureUrl(text: string): string | undefined {
  const base64 = text.startsWith('base64"') ? text.slice(7, -1) : text.replace(/^data:[\w/+.-]{0,100};base64,/, "");
  if (base64.length > maxPicture || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const kind = kinds.find(([start]) => base64.startsWith(start));
  return kind && `data:${kind[1]};base64,${base64}`;
}
