"use client";

import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { Dataset, DatasetVersion } from "#server/develop/datasets/contract.ts";

export interface RowColumns {
  /** Versions whose rows Leeway has, newest first. */
  versions: { digest: string; rows: number }[];
  names: string[];
  /** Columns with times. */
  times: string[];
  /** Columns with few values, by which rows may be split. */
  levels: string[];
  isLoading: boolean;
  problem: string | undefined;
}

/** Largest number of values of a column that says to which split a row belongs. */
const maxLevels = 20;

/** Reads the versions of a dataset, and the columns of one of them. */
export function useRowColumns(dataset: string | null, digest: string | null): RowColumns {
  const path = `/api/v1/datasets/${encodeURIComponent(dataset ?? "")}`;
  const ofDataset = useQuery({
    queryKey: ["dataset", dataset],
    queryFn: ({ signal }) => readJson<Dataset>(path, signal),
    enabled: dataset !== null,
  });
  const ofVersion = useQuery({
    queryKey: ["dataset", dataset, "version", digest],
    queryFn: ({ signal }) => readJson<DatasetVersion>(`${path}/versions/${digest}`, signal),
    enabled: dataset !== null && digest !== null,
  });
  const profile = ofVersion.data?.profile ?? [];
  const error = ofDataset.error ?? ofVersion.error;
  return {
    versions: (ofDataset.data?.list ?? [])
      .filter(({ isUploaded }) => isUploaded)
      .map((version) => ({ digest: version.digest, rows: version.rows ?? 0 })),
    names: profile.map(({ name }) => name),
    times: profile.filter(({ type }) => type === "time").map(({ name }) => name),
    levels: profile.filter(({ levels }) => levels !== null && levels.length <= maxLevels).map(({ name }) => name),
    isLoading: ofDataset.isLoading || ofVersion.isLoading,
    problem: error ? `Could not load the dataset: ${error.message}` : undefined,
  };
}
