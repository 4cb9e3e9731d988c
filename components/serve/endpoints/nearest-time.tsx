"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { formatUntil } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { withFixed } from "./time-range.ts";

/** Names the nearest time with requests, as a link to a range of the same length around it. @param at milliseconds since 1970 */
export function NearestTime({ at, lengthMs }: { at: number; lengthMs: number }) {
  const pathname = usePathname();
  const query = useSearchParams();
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  const fixed = { from: at - lengthMs / 2, to: at + lengthMs / 2 };
  return (
    <Link href={`${pathname}?${withFixed(new URLSearchParams(query), fixed)}`} scroll={false}>
      Nearest requests: {formatUntil(at, now, zone)}
    </Link>
  );
}
