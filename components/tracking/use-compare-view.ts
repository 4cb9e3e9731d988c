"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { addressOf, type CompareView, readCompareView, writeCompareView } from "./compare-view.ts";

type Change = Partial<CompareView> & { runs?: readonly string[] };

interface CompareNavigation {
  view: CompareView;
  /** As the address says it now, which may be newer than what is rendered: for a change that goes on from it. */
  present: () => CompareView;
  /** The address after a change. */
  href: (change: Change) => string;
  /** Changes what the page has already. */
  show: (change: Change) => void;
  /** Changes what the page has to read first. */
  read: (change: Change) => void;
}

/** How runs are compared, kept in the address. */
export function useCompareView(): CompareNavigation {
  const parameters = useSearchParams();
  const path = usePathname();
  const router = useRouter();
  // The present address and not the rendered one: a brush moves faster than the page renders.
  const presently = () => new URLSearchParams(window.location.search);
  const now = (change: Change) => addressOf(path, writeCompareView(presently(), change));
  return {
    view: readCompareView(new URLSearchParams(parameters)),
    present: () => readCompareView(presently()),
    href: (change) => addressOf(path, writeCompareView(new URLSearchParams(parameters), change)),
    show: (change) => window.history.replaceState(null, "", now(change)),
    read: (change) => router.replace(now(change), { scroll: false }),
  };
}
