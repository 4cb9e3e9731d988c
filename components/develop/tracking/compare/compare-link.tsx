"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { CompareView } from "./compare-view.ts";
import { useCompareView } from "./use-compare-view.ts";

interface CompareLinkProps {
  change: Partial<CompareView> & { runs?: readonly string[] };
  className?: string | undefined;
  /** For readers, where the words are not enough. */
  label?: string | undefined;
  /** Whether the page shows this already. */
  current?: boolean;
  children: ReactNode;
}

/** A link to the same comparison with a change; all else that the address says stays. */
export function CompareLink({ change, className, label, current, children }: CompareLinkProps) {
  const { href } = useCompareView();
  return (
    <Link
      className={className}
      href={href(change)}
      scroll={false}
      aria-label={label}
      aria-current={current ? "true" : undefined}
    >
      {children}
    </Link>
  );
}
