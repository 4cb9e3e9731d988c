import { type FileHandle, open, rm } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";

/** Pieces that are so close together are copied as one. */
const gapBytes = 64 * 1024;
/** What is read of the end at first: nearly every file says there where its columns are. */
const tailBytes = 256 * 1024;
/** Length of the footer, and the mark of the format. */
const trailerBytes = 8;
/** Row groups times columns of a file. */
const maxChunks = 1_000_000;

interface Piece {
  start: number;
  /** Exclusive. */
  end: number;
}

/**
 * Copies some columns of a stored Parquet file to a scratch folder, where the engine can read these: the file there has holes in the places of
 * the others. Its bytes are not compared with the hash of the whole.
 * @param columns their names in the file
 * @returns how many bytes were copied
 * @throws DomainError "not-found" for a file that is gone
 */
export async function stageColumns(
  engine: OfflineEngine,
  artifacts: ArtifactStore,
  { artifactKey, sizeBytes }: { artifactKey: string; sizeBytes: number },
  path: string,
  columns: readonly string[],
): Promise<number> {
  const read = async ({ start, end }: Piece) => buffer(await artifacts.open(artifactKey, { start, end: end - 1 }));
  const tail = await readFooter(read, sizeBytes);
  const footer = { start: sizeBytes - tail.length, end: sizeBytes };
  const pieces = joined(await placesOf(engine, `${path}.footer`, { tail, sizeBytes, columns }));
  const file = await open(path, "w");
  try {
    await file.truncate(sizeBytes);
    await file.write(tail, 0, tail.length, footer.start);
    let copied = tail.length;
    for (const piece of pieces) {
      const bytes = await read(piece);
      await file.write(bytes, 0, bytes.length, piece.start);
      copied += bytes.length;
    }
    return copied;
  } finally {
    await file.close();
  }
}

async function readFooter(read: (piece: Piece) => Promise<Buffer>, sizeBytes: number): Promise<Buffer> {
  const tail = await read({ start: Math.max(0, sizeBytes - tailBytes), end: sizeBytes });
  const needed = trailerBytes + (tail.length < trailerBytes ? 0 : tail.readUInt32LE(tail.length - trailerBytes));
  return needed <= tail.length ? tail : read({ start: Math.max(0, sizeBytes - needed), end: sizeBytes });
}

/** Asks the engine where the columns are, and their Bloom filters, which a comparison with a constant reads. It gets a file of its own for that, since it may keep what it has read of one. */
async function placesOf(
  engine: OfflineEngine,
  path: string,
  { tail, sizeBytes, columns }: { tail: Buffer; sizeBytes: number; columns: readonly string[] },
): Promise<Piece[]> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "w");
    await file.truncate(sizeBytes);
    await file.write(tail, 0, tail.length, sizeBytes - tail.length);
    await file.close();
    const names = columns.map(literal).join(", ");
    const rows = await engine.rows(
      `WITH chunks AS (FROM parquet_metadata(${literal(path)}) WHERE path_in_schema IN (${names}))
        SELECT least(data_page_offset, coalesce(nullif(dictionary_page_offset, 0), data_page_offset)) AS start, total_compressed_size FROM chunks
        UNION ALL SELECT bloom_filter_offset, bloom_filter_length FROM chunks WHERE bloom_filter_offset IS NOT NULL
        ORDER BY start`,
      2 * maxChunks,
    );
    return rows.map(([start, size]) => ({ start: Number(start), end: Number(start) + Number(size) }));
  } finally {
    await rm(path, { force: true });
  }
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && piece.start <= last.end + gapBytes) last.end = Math.max(last.end, piece.end);
    else result.push({ ...piece });
  }
  return result;
}
