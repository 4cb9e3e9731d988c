"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useQuery } from "#components/ui/queries.ts";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { DatasetUpload } from "#server/develop/datasets/contract.ts";

const everyMs = 700;

interface ReadingEnds {
  onDone: (upload: Wire<DatasetUpload>) => void;
  onFailed: (problem: string) => void;
}

/** Follows the reading of one upload until it has become a version or was refused. */
export function useReading({ onDone, onFailed }: ReadingEnds) {
  const [watched, setWatched] = useState<{ id: string; name: string }>();
  const { data } = useQuery({
    queryKey: ["dataset", watched?.name, "upload", watched?.id],
    queryFn: () =>
      readJson<DatasetUpload>(`/api/v1/datasets/${encodeURIComponent(watched?.name ?? "")}/uploads/${watched?.id}`),
    enabled: watched !== undefined,
    refetchInterval: everyMs,
  });
  const end = useEffectEvent((upload: Wire<DatasetUpload>) => {
    if (upload.state === "done") onDone(upload);
    else if (upload.state === "failed")
      onFailed(
        upload.problem?.message ??
          "Could not read the file. Check that it is a valid CSV, Parquet or Arrow file, and upload it again.",
      );
    else return;
    setWatched(undefined);
  });
  useEffect(() => {
    if (data && watched) end(data);
  }, [data, watched]);
  return {
    /** Undefined when nothing is being read. */
    upload: watched ? (data ?? { state: "waiting", rowsRead: 0 }) : undefined,
    watch: ({ id, name }: DatasetUpload) => setWatched({ id, name }),
  };
}
