"use client";

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import type { ActionState } from "#components/ui/action-state.ts";
import { useQuery } from "#components/ui/queries.ts";
import type {
  CheckTrainingSet,
  TrainingSetCheck,
  TrainingSetPreview,
} from "#server/develop/features/training-sets/contract.ts";

/** Route that joins and checks for the page; an aborted request ends its work. */
const proofPath = "/training-sets/new/proof";
const debounceMs = 500;

interface Part<Data> {
  data: Data | undefined;
  /** Whether the data belongs to an earlier request, and newer data is on its way. */
  isStale: boolean;
  problem: string | undefined;
}

interface Proof {
  preview: Part<TrainingSetPreview>;
  check: Part<TrainingSetCheck>;
}

/** Joins the first rows and checks all of them, again after each change; what a change supersedes is cancelled. */
export function useProof(request: CheckTrainingSet | undefined): Proof {
  const text = request === undefined ? "" : JSON.stringify(request);
  const [debounced] = useDebouncedValue(text, debounceMs);
  const options = {
    enabled: debounced !== "",
    retry: false,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  };
  const preview = useQuery({
    ...options,
    queryKey: ["training-set-proof", "preview", debounced],
    queryFn: ({ signal }) => prove<TrainingSetPreview>("preview", debounced, signal),
    placeholderData: keepPreviousData,
  });
  const check = useQuery({
    ...options,
    queryKey: ["training-set-proof", "check", debounced],
    queryFn: ({ signal }) => prove<TrainingSetCheck>("check", debounced, signal),
    placeholderData: keepPreviousData,
  });
  const isChanging = text !== debounced;
  return { preview: partOf(preview, isChanging), check: partOf(check, isChanging) };
}

function partOf<Data>(
  query: { data: Data | undefined; error: Error | null; isPlaceholderData: boolean; isFetching: boolean },
  isChanging: boolean,
): Part<Data> {
  return {
    data: query.data,
    isStale: isChanging || query.isPlaceholderData || query.isFetching,
    problem: query.isFetching ? undefined : query.error?.message,
  };
}

async function prove<Data>(kind: "preview" | "check", request: string, signal: AbortSignal): Promise<Data> {
  const response = await fetch(proofPath, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"kind":"${kind}","request":${request}}`,
    signal,
  });
  const state = (await response.json().catch(() => undefined)) as ActionState<Data> | undefined;
  if (state?.ok) return state.data as Data;
  const field = Object.values(state?.fieldErrors ?? {})[0];
  throw new Error(
    state?.error ?? field ?? `The server responded with status ${response.status}. Try again in a moment.`,
  );
}
