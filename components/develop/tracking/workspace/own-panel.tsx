"use client";

import type { ReactNode } from "react";
import { LazyMarkdown } from "#components/ui/lazy-markdown.tsx";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";
import type { CurveView } from "../metrics/curve-view.ts";
import { BarPanel } from "./bar-panel.tsx";
import type { Band, ChartLine, ShownRun } from "./chart-lines.ts";
import { LinePanel } from "./line-panel.tsx";
import { MediaPanel } from "./media-panel.tsx";
import classes from "./own-panel.module.css";
import { type OwnPanel, titleOfPanel } from "./own-panels.ts";
import { ParallelPanel } from "./parallel-panel.tsx";
import { ScatterPanel } from "./scatter-panel.tsx";
import type { CurvesByRun } from "./use-section-curves.ts";

/** What the panels that a user added draw. */
export interface OwnPanelsData {
  experimentId: number;
  /** All runs of the legend. */
  runIds: readonly string[];
  lines: readonly ChartLine[];
  /** The few runs whose images are shown. */
  shownRuns: readonly ShownRun[];
  view: CurveView;
  band: Band;
  gates: readonly MetricThreshold[];
  onView: (change: Partial<CurveView>) => void;
}

export interface OwnPanelProps extends OwnPanelsData {
  panel: OwnPanel;
  onChange: (panel: OwnPanel) => void;
  /** Curves of the metrics of all panels. */
  curves: { whole: ReadonlyMap<string, CurvesByRun>; zoomed: ReadonlyMap<string, CurvesByRun> | undefined };
  isPending: boolean;
  /** Height of the plot, in pixels. */
  height: number;
  /** At the right of the head. */
  right: ReactNode;
}

/** Renders a panel that a user added. */
export function OwnPanelView(props: OwnPanelProps) {
  const { panel, curves, lines, isPending, height, right, view, band, gates, onView } = props;
  const [metric = ""] = panel.columns;
  const title = titleOfPanel(panel);
  switch (panel.kind) {
    case "line":
      return (
        <LinePanel
          metric={metric}
          title={title}
          lines={lines}
          curves={curves.whole.get(metric)}
          zoomed={curves.zoomed?.get(metric)}
          isPending={isPending}
          view={view}
          band={band}
          gates={gates}
          onView={onView}
          section="own"
          height={height}
          right={right}
        />
      );
    case "bar":
      return (
        <BarPanel
          metric={metric}
          title={title}
          lines={lines}
          curves={curves.whole.get(metric)}
          isPending={isPending}
          gates={gates}
          height={height}
          right={right}
        />
      );
    case "scatter":
      return <ScatterPanel {...props} />;
    case "parallel":
      return <ParallelPanel {...props} />;
    case "media":
      return <MediaPanel {...props} />;
    case "text":
      return (
        <section className={`${classes.panel} ${classes.text}`} aria-label={title}>
          <div className={classes.head}>
            <strong>{title}</strong>
            <span className={classes.right}>{right}</span>
          </div>
          <LazyMarkdown>{panel.text}</LazyMarkdown>
        </section>
      );
  }
}
