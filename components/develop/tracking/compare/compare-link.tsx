"use client";

import type { ReactNode } from "react";
import { Link } from "#components/ui/link.tsx";
import type { CompareView } from "./compare-view.ts";
import { useCompareView } from "./use-compare-view.ts";

interface CompareLinkProps {
  change: Partial<CompareView> & { runs?: readonly string[] };
  className?: string | undefined;
  /** For readers, where the words are not enough. */
  label?: string | undefined;
  /** Whether it links to the view currently shown. */
  current?: boolean;
  children: ReactNode;
}

/** Renders a link to the same comparison with one change; the rest of the address stays the same. */
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
