import type { CSSProperties } from "react";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { Matchers } from "../silences/silences-table.tsx";
import { formatGrouping, formatTimers, type RouteLine } from "./route-lines.ts";
import classes from "./routes.module.css";

interface RoutesTreeProps {
  lines: readonly RouteLine[];
  /** Receivers without an enabled channel, which notify no one. */
  silent: readonly string[];
}

/** Renders the tree of routes, indented, in evaluation order. */
export function RoutesTree({ lines, silent }: RoutesTreeProps) {
  return (
    <ol className={classes.tree} aria-label="Routes, in matching order">
      {lines.map(({ route, effective, depth }) => (
        <li className={classes.line} style={{ "--depth": depth } as CSSProperties} key={effective.path}>
          <span className={classes.head}>
            {depth === 0 ? (
              <strong>All alerts</strong>
            ) : route.matchers.length === 0 ? (
              <strong>Everything else</strong>
            ) : (
              <Matchers of={route.matchers} />
            )}
            <span>
              to <strong>{effective.receiver}</strong>
            </span>
            {silent.includes(effective.receiver) && (
              <Tag tone="watch">
                <StatusShape state="watch" /> no notifications
              </Tag>
            )}
            {route.continue && <Tag>continues matching</Tag>}
          </span>
          <span className="lw-muted">
            {formatGrouping(effective)}; {formatTimers(effective)}
            {route.muteTimes.length > 0 && `; muted during ${route.muteTimes.join(", ")}`}
            {route.activeTimes.length > 0 && `; active only during ${route.activeTimes.join(", ")}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
