"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { storePlace } from "./recent-places.ts";
import { useShell } from "./shell-context.tsx";

/** Time after which a page counts as opened. */
const openedMs = 1_000;
/** Breadcrumb of a page that loads. */
const loading = "…";

/** Stores the page among the user's recent places, by its breadcrumbs. */
export function useRecordPlace(crumbs: readonly { label: string }[]): void {
  const href = usePathname();
  const { placesKey } = useShell();
  const seen = useRef<{ crumbs: typeof crumbs; href: string }>(undefined);
  const [area = "", ...rest] = crumbs.map(({ label }) => label);
  const label = rest.length === 0 ? area : rest.join(" › ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: breadcrumbs of the same words are of the same page
  useEffect(() => {
    // The path changes before its page arrives: until then these are the breadcrumbs of the page before.
    if (seen.current?.crumbs === crumbs && seen.current.href !== href) return;
    seen.current = { crumbs, href };
    if (label === "" || label.endsWith(loading)) return;
    const timer = setTimeout(() => {
      storePlace(placesKey, { href, label, area: label === area ? "" : area, at: Date.now() });
    }, openedMs);
    return () => clearTimeout(timer);
  }, [placesKey, href, label, area]);
}
