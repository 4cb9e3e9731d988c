"use client";

import { useIntersection } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { Skeleton } from "./skeleton.tsx";

interface WhenNearProps {
  /** Height of what stands there until then, in pixels. */
  height: number;
  /** How far from the edge of the window it is near, as a CSS length. */
  margin: string;
  className?: string | undefined;
  children: ReactNode;
}

/** Renders something slow once it is about to be scrolled into view; it stays then. */
export function WhenNear({ height, margin, className, children }: WhenNearProps) {
  const { ref, entry } = useIntersection({ rootMargin: margin });
  const [wasNear, setWasNear] = useState(false);
  if (entry?.isIntersecting && !wasNear) setWasNear(true);
  return (
    <div className={className} ref={ref}>
      {wasNear ? children : <Skeleton height={height} />}
    </div>
  );
}
