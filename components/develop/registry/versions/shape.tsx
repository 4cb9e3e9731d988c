import { Fragment } from "react";
import classes from "./signature-panel.module.css";

/** Renders a tensor's shape as `batch × 1 × 8 × 8`; symbolic dimensions are marked, with a note that they accept any size. */
export function Shape({ shape }: { shape: readonly (number | string)[] }) {
  if (shape.length === 0) return <span className="lw-muted">one value</span>;
  return (
    <code>
      {shape.map((dimension, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity of a dimension
        <Fragment key={index}>
          {index > 0 && " × "}
          {typeof dimension === "number" ? (
            dimension
          ) : (
            <span className={classes.symbol} title="Any size">
              {dimension || "any"}
            </span>
          )}
        </Fragment>
      ))}
    </code>
  );
}
