"use client";

import { Button } from "@mantine/core";
import { usePathname, useSearchParams } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, useState } from "react";
import { formatPercent, plural } from "#components/ui/format.ts";
import { lazyDialog, OnceOpened } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { readJson } from "#components/ui/wire.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import { predictionsHref } from "../endpoints/addresses.ts";
import { type LoggedPrediction, PredictionsTable, type Signatures } from "./predictions-table.tsx";

const PredictionDrawer = lazyDialog(() => import("./prediction-drawer.tsx").then((module) => module.PredictionDrawer));

interface PredictionsPanelProps {
  endpoint: { id: string; name: string; captureShare: number };
  signatures: Signatures;
  initial: LoggedPrediction[] | undefined;
}

interface ShownPrediction {
  predictions: Prediction[];
}

const shownRows = 12;
const refreshMs = 10_000;

/** Renders recent logged requests. New ones wait behind a button while the pointer or the focus is on the rows. */
export function PredictionsPanel({ endpoint, signatures, initial }: PredictionsPanelProps) {
  const query = useSearchParams();
  const pathname = usePathname();
  const failedOnly = query.get("predictions") === "failed";
  const openedId = query.get("prediction");
  const [frozen, setFrozen] = useState<LoggedPrediction[]>();
  const path = `/api/v1/endpoints/${encodeURIComponent(endpoint.name)}/predictions`;
  const list = useQuery({
    queryKey: ["endpoint", endpoint.id, "predictions", failedOnly],
    queryFn: () => readJson<ShownPrediction>(`${path}?limit=${shownRows}${failedOnly ? "&failed=true" : ""}`),
    refetchInterval: refreshMs,
    ...(initial && !failedOnly && { initialData: { predictions: initial } }),
  });
  const latest = list.data?.predictions ?? [];
  const shown = frozen ?? latest;
  const waiting = frozen ? latest.filter(({ id }) => !frozen.some((each) => each.id === id)).length : 0;
  const known = [...shown, ...latest].find(({ id }) => id === openedId);
  const single = useQuery({
    queryKey: ["endpoint", endpoint.id, "prediction", openedId],
    queryFn: () => readJson<ShownPrediction>(`${path}?id=${openedId}`),
    enabled: openedId !== null && !known && !list.isPending,
  });

  function addressOf(changes: Record<string, string | undefined>): string {
    const changed = new URLSearchParams(query);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) changed.delete(key);
      else changed.set(key, value);
    }
    return changed.size > 0 ? `${pathname}?${changed}` : pathname;
  }
  // Next keeps useSearchParams in sync with the history, without requesting the page from the server again.
  const go = (changes: Record<string, string | undefined>) => window.history.pushState(null, "", addressOf(changes));

  function open(event: MouseEvent | KeyboardEvent) {
    const row = (event.target as HTMLElement).closest<HTMLElement>("tr[data-lw-row]");
    if (!row || event.metaKey || event.ctrlKey || ("key" in event && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    go({ prediction: row.dataset.lwRow });
  }

  const opened = openedId === null ? null : (known ?? single.data?.predictions[0]);
  return (
    <Panel
      id="predictions"
      title="Recent predictions"
      subtitle={`${captured(endpoint.captureShare)}, failed requests always`}
      flush
      right={
        <>
          {waiting > 0 && (
            <Button variant="default" size="xs" onClick={() => setFrozen(latest)}>
              {plural(waiting, "new", "new")}
            </Button>
          )}
          <Link href={predictionsHref(endpoint.name)}>All predictions</Link>
          <Segmented
            label="Filter predictions"
            value={failedOnly ? "failed" : "all"}
            onChange={(value) => go({ predictions: value === "failed" ? value : undefined })}
            options={[
              { value: "all", label: "All" },
              { value: "failed", label: "Failed" },
            ]}
          />
        </>
      }
    >
      {list.error && latest.length === 0 ? (
        <FailedState
          title="Could not load predictions"
          action={
            <Button variant="default" size="xs" onClick={() => void list.refetch()}>
              Try again
            </Button>
          }
        >
          {list.error.message} The other panels are unaffected.
        </FailedState>
      ) : shown.length === 0 && !list.isPending ? (
        <EmptyState title={failedOnly ? "No failed requests" : "No predictions logged yet"}>
          {failedOnly
            ? "All failed requests are logged and would appear here."
            : "Logged requests appear here within a few seconds."}
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are the targets; this hears them on the way
        <div
          onPointerEnter={() => setFrozen(latest)}
          onPointerLeave={() => setFrozen(undefined)}
          onFocus={() => setFrozen((before) => before ?? latest)}
          onBlur={() => setFrozen(undefined)}
          onClickCapture={open}
          onKeyDownCapture={open}
        >
          <PredictionsTable
            predictions={shown}
            signatures={signatures}
            hrefOf={({ id }) => addressOf({ prediction: id })}
          />
        </div>
      )}
      <OnceOpened opened={opened !== null}>
        <PredictionDrawer
          endpoint={endpoint.name}
          prediction={opened}
          failure={single.error?.message ?? (single.data ? "This prediction is no longer stored." : undefined)}
          signatures={signatures}
          onClose={() => go({ prediction: undefined })}
        />
      </OnceOpened>
    </Panel>
  );
}

function captured(share: number): string {
  if (share >= 1) return "all are logged";
  if (share <= 0) return "none are logged";
  return `${formatPercent(share)} are logged`;
}
