import type { ArtifactStore } from "#server/artifacts/store.ts";
import type { DatasetFormat } from "../contract.ts";
import { arrowTable } from "./arrow-rows.ts";
import { csvTable } from "./csv-rows.ts";
import { bytesOf, parquetTable } from "./parquet-rows.ts";
import type { Table } from "./rows.ts";

/** Opens a stored file as a table. @throws UnreadableFile; DomainError of the store. */
export async function openTable(store: ArtifactStore, file: { artifactKey: string; format: string }): Promise<Table> {
  const { artifactKey: key, format } = file;
  if (format === ("csv" satisfies DatasetFormat)) return csvTable(await store.open(key));
  const { sizeBytes } = await store.stat(key);
  if (format === ("arrow" satisfies DatasetFormat)) {
    return arrowTable({ sizeBytes, open: (range) => store.open(key, range) });
  }
  return parquetTable(sizeBytes, async (start, end) => {
    if (end <= start) return new ArrayBuffer(0);
    return bytesOf(await store.open(key, { start, end: end - 1 }));
  });
}
