"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { storePlace } from "./recent-places.ts";
import { useShell } from "./shell-context.tsx";

/** Time after which a page counts as opened; while it loads, its breadcrumbs may be incomplete. */
const openedMs = 1_000;

/** Stores the page among the user's recent places, by its breadcrumbs. */
export function useRecordPlace(crumbs: readonly { label: string }[]): void {
  const href = usePathname();
  const { placesKey } = useShell();
  const [area = "", ...rest] = crumbs.map(({ label }) => label);
  const label = rest.length === 0 ? area : rest.join(" › ");
  useEffect(() => {
    if (label === "") return;
    const timer = setTimeout(() => {
      storePlace(placesKey, { href, label, area: label === area ? "" : area, at: Date.now() });
    }, openedMs);
    return () => clearTimeout(timer);
  }, [placesKey, href, label, area]);
}
