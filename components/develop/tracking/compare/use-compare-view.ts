"use client";

import { usePathname, useRouter } from "next/navigation";
import type { SeriesStyle } from "#components/charts/series-style.ts";
import { useQuietAddress } from "../use-quiet-address.ts";
import { addressOf, type CompareView, comparedStyles, readCompareView, writeCompareView } from "./compare-view.ts";

type Change = Partial<CompareView> & { runs?: readonly string[] };

interface CompareNavigation {
  view: CompareView;
  /** Styles by run; a run that is not in it has the colour of its place in the list. */
  styles: ReadonlyMap<string, SeriesStyle>;
  /** Returns the view of the current URL, which may be newer than the rendered one: the base for incremental changes. */
  present: () => CompareView;
  /** Returns the address after a change. */
  href: (change: Change) => string;
  /** Changes what the page has already. */
  show: (change: Change) => void;
  /** Changes what the page has to read first. */
  read: (change: Change) => void;
}

/** Reads and changes the view of a comparison, which is stored in the URL. */
export function useCompareView(): CompareNavigation {
  const { parameters, write } = useQuietAddress();
  const path = usePathname();
  const router = useRouter();
  // Uses the current address instead of the rendered one: a brush moves faster than the page renders.
  const presently = () => new URLSearchParams(window.location.search);
  const now = (change: Change) => addressOf(path, writeCompareView(presently(), change));
  return {
    view: readCompareView(parameters),
    styles: comparedStyles(parameters.get("runs") ?? ""),
    present: () => readCompareView(presently()),
    href: (change) => addressOf(path, writeCompareView(parameters, change)),
    show: (change) => write(now(change)),
    read: (change) => router.replace(now(change), { scroll: false }),
  };
}
