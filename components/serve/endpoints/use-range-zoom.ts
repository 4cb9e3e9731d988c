"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withFixed, withoutZoom } from "./time-range.ts";

/**
 * Returns a function that writes a range, as dragged across a chart, to the address; undefined returns to the range before the first zoom.
 * @param isExact for a tab that widens ranges by itself: it shows what was dragged @param onGo shows an address without a page load
 */
export function useRangeZoom(
  isExact = false,
  onGo?: (href: string) => void,
): (range: { from: number; to: number } | undefined) => void {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  return (range) => {
    const before = new URLSearchParams(query);
    const changed = range ? withFixed(before, range) : withoutZoom(before);
    if (changed && isExact) changed.set("exact", "1");
    if (!changed) return;
    const href = `${pathname}?${changed}`;
    if (onGo) onGo(href);
    else router.push(href, { scroll: false });
  };
}
