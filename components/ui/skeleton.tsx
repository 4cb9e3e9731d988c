import type { CSSProperties } from "react";
import classes from "./skeleton.module.css";

/** Renders a bar with the dimensions of the expected content; appears after 150 ms, without shimmer. */
export function Skeleton({ width = "100%", height = 12 }: { width?: CSSProperties["width"]; height?: number }) {
  return <span className={classes.bar} style={{ width, height }} aria-hidden="true" />;
}

/** Renders rows of a table that is loading, below its known headers. */
export function SkeletonRows({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
        <div className={classes.row} style={{ height }} key={row}>
          <Skeleton width={`${22 + ((row * 7) % 12)}%`} />
          <Skeleton width="12%" />
          <Skeleton width="9%" />
        </div>
      ))}
    </div>
  );
}
