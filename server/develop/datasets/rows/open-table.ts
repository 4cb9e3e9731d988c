import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { DatasetFormat } from "../contract.ts";
import { arrowColumns, arrowTable } from "./arrow-rows.ts";
import type { ColumnTable } from "./columns.ts";
import { csvColumns } from "./csv-columns.ts";
import { csvTable } from "./csv-rows.ts";
import { bytesOf, parquetColumns, parquetTable } from "./parquet-rows.ts";
import type { Table } from "./rows.ts";

/** Opens a stored file as a table. @throws UnreadableFile; DomainError of the store. */
export async function openTable(store: ArtifactStore, file: { artifactKey: string; format: string }): Promise<Table> {
  const { artifactKey: key, format } = file;
  if (format === ("csv" satisfies DatasetFormat)) return csvTable(await store.open(key));
  const { sizeBytes } = await store.stat(key);
  if (format === ("arrow" satisfies DatasetFormat)) {
    return arrowTable({ sizeBytes, open: (range) => store.open(key, range) });
  }
  return parquetTable(sizeBytes, rangesOf(store, key));
}

/** Opens a stored file column by column. @throws as openTable */
export async function openColumns(
  store: ArtifactStore,
  { artifactKey: key, format }: { artifactKey: string; format: string },
): Promise<ColumnTable> {
  if (format === ("csv" satisfies DatasetFormat)) return csvColumns(await store.open(key));
  const { sizeBytes } = await store.stat(key);
  if (format === ("arrow" satisfies DatasetFormat)) {
    return arrowColumns({ sizeBytes, open: (range) => store.open(key, range) });
  }
  return parquetColumns(sizeBytes, rangesOf(store, key));
}

function rangesOf(store: ArtifactStore, key: string) {
  return async (start: number, end: number) => {
    if (end <= start) return new ArrayBuffer(0);
    return bytesOf(await store.open(key, { start, end: end - 1 }));
  };
}
