"use client";

import { useEffect, useEffectEvent } from "react";
import { useLive } from "#components/shell/live-events.tsx";
import { useQuery, useQueryClient } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { Run, RunRelatives } from "#server/develop/tracking/runs/contract.ts";

/**
 * Returns the relatives of a run, reloaded after a change of the run, its experiment, one of its children, or a model. `initial` comes with
 * the page.
 */
export function useRelatives({ id: runId, experimentId }: Pick<Run, "id" | "experimentId">, initial: RunRelatives) {
  const { listen } = useLive();
  const queryClient = useQueryClient();
  const queryKey = ["run", runId, "relatives"];
  const { data } = useQuery({
    queryKey,
    queryFn: () => readJson<RunRelatives>(`/api/v1/runs/${runId}/relatives`),
    initialData: initial,
    refetchOnMount: "always",
  });
  const concerns = useEffectEvent(
    (topic: string, id: string) =>
      topic === "model" ||
      (topic === "experiment" && id === String(experimentId)) ||
      (topic === "run" && data.children.some((child) => child.id === id)),
  );
  const again = useEffectEvent(() => void queryClient.invalidateQueries({ queryKey }));
  useEffect(
    () =>
      listen((event) => {
        // After a gap in the stream everything is read again without us.
        if (event !== "missed" && concerns(event.topic, event.id)) again();
      }),
    [listen],
  );
  return data;
}
