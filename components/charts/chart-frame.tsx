"use client";

import { useElementSize } from "@mantine/hooks";
import { IconChartLine, IconDownload, IconTable } from "@tabler/icons-react";
import { type ReactNode, useDeferredValue, useId, useState } from "react";
import { keysAreFree } from "#components/ui/keys.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import classes from "./chart-frame.module.css";
import { type ChartTable, ChartTableView } from "./chart-table.tsx";
import { downloadText } from "./download-text.ts";
import { Legend, type LegendEntry } from "./legend.tsx";

export interface ChartFrameProps {
  /** Title of the chart: "Latency". */
  title: ReactNode;
  /** Unit and grain: "ms, per minute". */
  subtitle?: ReactNode;
  /** At the right of the head, after the legend. */
  right?: ReactNode;
  /** Height of the plot with its axes. */
  height?: number;
  /** Without the edge of a panel: several charts in one panel. */
  bare?: boolean;
  loading?: boolean;
  /** Instead of the plot: a `FailedState`. */
  failed?: ReactNode;
  /** Instead of the plot when nothing was measured: an `EmptyState` or words. */
  empty?: ReactNode;
}

interface FrameProps extends ChartFrameProps {
  legend: LegendEntry[];
  /** As of `Legend`. */
  hidden?: ReadonlySet<string>;
  onHide?: (hidden: ReadonlySet<string>) => void;
  /** One sentence for readers. */
  summary: string;
  table: () => ChartTable;
  /** Content of the CSV download, and its file name without ".csv". */
  csv?: { name: string; text: () => string };
  /** Handles other keys while the chart has the focus, in lower case; returns whether it handled the key. */
  onKey?: (key: string) => boolean;
  isEmpty: boolean;
  children: (width: number) => ReactNode;
}

/** Renders head, legend, states, table view (key V) and summary around a plot that fills the available width. */
export function ChartFrame(props: FrameProps) {
  const { title, subtitle, legend, height = 180, bare, isEmpty, csv, children } = props;
  const [asTable, setAsTable] = useState(false);
  const { ref, width: measured } = useElementSize();
  // Without deferring, several charts measured at the same time would be drawn in one long task.
  const width = useDeferredValue(measured);
  const summaryId = useId();
  const drawable = !props.loading && !props.failed && !isEmpty;
  return (
    <figure
      className={bare ? classes.bare : classes.frame}
      aria-describedby={summaryId}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (!drawable || !keysAreFree(event.nativeEvent)) return;
        const key = event.key.toLowerCase();
        if (key === "v") {
          // The focused element is removed together with the view.
          event.currentTarget.focus();
          setAsTable(!asTable);
        } else if (!props.onKey?.(key)) return;
        event.preventDefault();
      }}
    >
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        {subtitle && <span className={classes.subtitle}>{subtitle}</span>}
        <span className={classes.right}>
          {props.right}
          {drawable && csv && (
            <button
              className={classes.toggle}
              type="button"
              aria-label="Download as CSV"
              title="Download as CSV"
              onClick={() => downloadText(`${csv.name}.csv`, csv.text())}
            >
              <IconDownload size={15} stroke={1.7} />
            </button>
          )}
          {drawable && (
            <button
              className={classes.toggle}
              type="button"
              aria-pressed={asTable}
              aria-label="Table view"
              title="Table view (V)"
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <IconChartLine size={15} stroke={1.7} /> : <IconTable size={15} stroke={1.7} />}
            </button>
          )}
        </span>
        <Legend entries={legend} hidden={props.hidden} onHide={props.onHide} />
      </figcaption>
      <p className="lw-hidden" id={summaryId}>
        {drawable ? props.summary : ""}
      </p>
      <div
        className={classes.place}
        ref={ref}
        style={{ minHeight: isEmpty && !props.loading && !props.failed ? undefined : height }}
      >
        {props.failed ??
          (props.loading ? (
            <Skeleton height={height} />
          ) : isEmpty ? (
            (props.empty ?? <span className="lw-small lw-quiet">No data in this range.</span>)
          ) : asTable ? (
            <ChartTableView table={props.table()} height={height} />
          ) : (
            width > 0 && children(width)
          ))}
      </div>
    </figure>
  );
}
