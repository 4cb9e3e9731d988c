"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withFixed, withoutZoom } from "./time-range.ts";

/** Returns a function that writes a range, as dragged across a chart, to the address; undefined returns to the range before the first zoom. */
export function useRangeZoom(): (range: { from: number; to: number } | undefined) => void {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  return (range) => {
    const before = new URLSearchParams(query);
    const changed = range ? withFixed(before, range) : withoutZoom(before);
    if (changed) router.push(`${pathname}?${changed}`, { scroll: false });
  };
}
