"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useMemo, useRef } from "react";
import { useLive } from "#components/shell/live-events.tsx";
import { useInfiniteQuery, useQuery, useQueryClient } from "#components/ui/queries.ts";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { Queue, Triage } from "#server/respond/triage/contract.ts";
import type { Chosen, Row } from "./board-types.ts";
import { type BoardView, boardHref, isNamed, keepInPlace, lineOf, triageRange, viewOf } from "./board-view.ts";
import { besideTheirEndpoint } from "./queue/queue-entries.ts";

/** Besides alerts, these change what the board shows. */
const alsoOurs = ["incident", "slo", "rollout", "endpoint", "oncall"];
const settleMs = 600;
const pageSize = 200;

interface First {
  /** Data loaded with the page, and the view it belongs to. */
  queue: Wire<Queue>;
  chosen: Chosen | undefined;
  view: BoardView;
}

/** Manages the queue and the selected line of the address; both follow events, and change without a page load. */
export function useBoard(first: First) {
  const view = viewOf(usePathname(), useSearchParams());
  const queue = useInfiniteQuery({
    queryKey: ["alert", "list", "queue", view.filter, view.team ?? ""],
    queryFn: ({ pageParam }) => readJson<Queue>(queuePath(view, pageParam)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    refetchInterval: 30_000,
    // Tabs and counts stay while another tab loads.
    placeholderData: keepPreviousData,
    ...(view.filter === first.view.filter &&
      view.team === first.view.team && { initialData: { pages: [first.queue], pageParams: [undefined] } }),
  });
  const fresh = useMemo(() => besideTheirEndpoint(queue.data?.pages.flatMap(({ rows }) => rows) ?? []), [queue.data]);
  const isNaming = view.groupId !== undefined || view.incident !== undefined;
  const order = useRef<string[]>([]);
  const named = isNaming ? fresh.find((row) => isNamed(row, view)) : fresh[0];
  const path = triagePath(isNaming ? view : named ? { ...view, ...lineOf(named) } : undefined);
  const isFirst = first.chosen && isSameView(view, first.view);
  const chosen = useQuery({
    queryKey: ["alert", "list", "triage", path],
    queryFn: () => readJson<Triage>(path ?? ""),
    enabled: path !== undefined,
    refetchInterval: view.range.from === undefined || view.range.since ? 10_000 : false,
    placeholderData: keepPreviousData,
    ...(isFirst && { initialData: first.chosen }),
  });
  const chosenId = named?.id ?? (isNaming ? chosen.data?.row.id : undefined);
  const rows = keepInPlace(order.current, fresh, chosenId);
  useEffect(() => {
    order.current = rows.map(({ id }) => id);
  });
  useAlsoOurs();
  return { view, queue, rows, chosen, chosenId, before: order };
}

function queuePath({ filter, team }: BoardView, cursor: string | undefined): string {
  const query = new URLSearchParams({
    filter,
    limit: String(pageSize),
    ...(team && { team }),
    ...(cursor && { cursor }),
  });
  return `/api/v1/triage/queue?${query}`;
}

function triagePath(view: BoardView | undefined): string | undefined {
  if (!view || (view.groupId === undefined && view.incident === undefined)) return undefined;
  const { minutes, until, since } = triageRange(view, Date.now());
  const query = new URLSearchParams({ minutes: String(minutes), ...(since && { since }) });
  if (view.incident !== undefined) query.set("incident", String(view.incident));
  else query.set("group", view.groupId ?? "");
  if (until !== undefined) query.set("until", until.toISOString());
  return `/api/v1/triage?${query}`;
}

const everything = { filter: "all", team: undefined } as const;

function isSameView(a: BoardView, b: BoardView): boolean {
  return boardHref({ ...a, ...everything }) === boardHref({ ...b, ...everything });
}

/** Reads again, a moment later, when something else happened that the board shows. */
function useAlsoOurs(): void {
  const client = useQueryClient();
  const { listen } = useLive();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen((event) => {
      if (event === "missed" || !alsoOurs.includes(event.topic)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ["alert", "list"] });
      }, settleMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, listen]);
}

/** Shows another view without a page load. Only a selection and a time range add a step to the browser history. */
export function show(view: Partial<BoardView>, isStep = false): void {
  showAddress(boardHref(view), isStep);
}

/** Shows an address of the board without a page load. */
export function showAddress(href: string, isStep = false): void {
  if (isStep) window.history.pushState(null, "", href);
  else window.history.replaceState(null, "", href);
}

/** Returns the line next to the selected one, in the direction of `step`. */
export function neighbour(rows: readonly Row[], chosenId: string | undefined, step: -1 | 1): Row | undefined {
  const index = rows.findIndex(({ id }) => id === chosenId);
  if (index < 0) return rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, index + step))];
}
