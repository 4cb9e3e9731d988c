import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { type ColumnPack, unpackColumns } from "./pack-columns.ts";

type Files = Pick<ArtifactStore, "open">;

/** Reads the rows of a set that is ready. @throws DomainError of the store */
export async function readSetRowsOf({ rowsKey }: { rowsKey: string }, store: Files): Promise<SetRows> {
  return readPack<SetRows>(store, rowsKey);
}

/** Reads the rows of a finished run. @throws DomainError "conflict" for one that is not finished */
export async function readRunRows(
  { rowsKey, state }: { rowsKey: string | null; state: string },
  store: Files,
): Promise<RunRows> {
  if (state === "done" && rowsKey) return readPack<RunRows>(store, rowsKey);
  throw new DomainError("conflict", "The evaluation is not finished, so it has no rows yet.");
}

/** Files that were read lately stay unpacked: a page shows one comparison after the other of the same files. */
const maxKeptBytes = 256 * 2 ** 20;
/** Rows of a version that was deleted do not stay in memory. */
const maxKeptMs = 10 * minuteMs;

interface Kept {
  pack: Promise<ColumnPack>;
  bytes: number;
}

/** By store, then key; the file that was used least lately comes first. A file never changes. */
const kept = new WeakMap<Files, Map<string, Kept>>();

async function readPack<Pack extends ColumnPack>(store: Files, key: string): Promise<Pack> {
  const files = kept.get(store) ?? new Map<string, Kept>();
  kept.set(store, files);
  const known = files.get(key);
  const file = known ?? { pack: unpack(store, key), bytes: 0 };
  files.delete(key);
  files.set(key, file);
  if (!known) {
    setTimeout(() => files.delete(key), maxKeptMs).unref();
    try {
      file.bytes = sizeOf(await file.pack);
    } catch (error) {
      files.delete(key);
      throw error;
    }
    let total = [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [oldest, { bytes }] of files) {
      if (total <= maxKeptBytes) break;
      files.delete(oldest);
      total -= bytes;
    }
  }
  return (await file.pack) as Pack;
}

async function unpack(store: Files, key: string): Promise<ColumnPack> {
  const chunks = (await (await store.open(key)).toArray()) as Buffer[];
  return unpackColumns(Buffer.concat(chunks));
}

function sizeOf({ columns }: ColumnPack): number {
  return Object.values(columns).reduce((sum, data) => {
    if (ArrayBuffer.isView(data)) return sum + data.byteLength;
    return sum + data.reduce((length, text) => length + 2 * text.length, 0);
  }, 0);
}
