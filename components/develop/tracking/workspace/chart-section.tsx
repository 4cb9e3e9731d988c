"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { plural } from "#components/ui/format.ts";
import { FailedState } from "#components/ui/states.tsx";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";
import { maxCurveKeys } from "#server/develop/tracking/workspace/constants.ts";
import type { CurveView } from "../metrics/curve-view.ts";
import { BarPanel } from "./bar-panel.tsx";
import type { Band, ChartLine } from "./chart-lines.ts";
import classes from "./chart-section.module.css";
import type { ChartSection } from "./chart-sections.ts";
import { LinePanel } from "./line-panel.tsx";
import { PanelGrid } from "./panel-grid.tsx";
import { arranged, type PanelLayout, type PanelSize, withMoved, withSize } from "./panel-layout.ts";
import { SectionHead } from "./section-head.tsx";
import { useSectionCurves } from "./use-section-curves.ts";

export interface ChartSectionProps {
  section: ChartSection;
  experimentId: number;
  /** All runs of the legend, also hidden ones: showing one reads nothing. */
  runIds: readonly string[];
  lines: readonly ChartLine[];
  view: CurveView;
  band: Band;
  gates: readonly MetricThreshold[];
  onView: (change: Partial<CurveView>) => void;
  layout: PanelLayout;
  onLayout: (layout: PanelLayout) => void;
  isFolded: boolean;
  onFold: () => void;
}

/** Renders the charts of metrics with a common prefix under a heading that folds them. A folded section reads no curves. */
export function ChartSectionPanels({ isFolded, onFold, ...props }: ChartSectionProps) {
  const { name, metrics } = props.section;
  const title = name === "" ? "Other metrics" : `${name}/`;
  return (
    <section className={classes.section} aria-label={title}>
      <SectionHead title={title} count={metrics.length} isFolded={isFolded} onFold={onFold} />
      {!isFolded && <Panels {...props} />}
    </section>
  );
}

const usual: PanelSize = { width: 1, height: 1 };

function Panels(props: Omit<ChartSectionProps, "isFolded" | "onFold">) {
  const { section, lines, view, band, gates, onView, layout, onLayout, ...question } = props;
  const [shown, setShown] = useState(maxCurveKeys);
  const byKey = new Map(section.metrics.map((metric) => [metric.key, metric]));
  const ids = [...byKey.keys()];
  const metrics = arranged(ids, section.name, layout)
    .slice(0, shown)
    .flatMap((key) => byKey.get(key) ?? []);
  const { whole, zoomed, isPending, error, refetch } = useSectionCurves({
    ...question,
    keys: metrics.map(({ key }) => key),
    view,
  });
  if (error && whole.size === 0) {
    return (
      <FailedState
        title="Could not load the curves"
        action={
          <Button variant="default" size="xs" onClick={refetch}>
            Try again
          </Button>
        }
      >
        {error.message} The list of runs is up to date.
      </FailedState>
    );
  }
  return (
    <>
      <PanelGrid
        panels={metrics.map(({ key, isCurve }) => ({
          id: key,
          name: key,
          size: layout.sizes[key] ?? usual,
          render: (height) =>
            isCurve ? (
              <LinePanel
                metric={key}
                lines={lines}
                curves={whole.get(key)}
                zoomed={zoomed?.get(key)}
                isPending={isPending}
                view={view}
                band={band}
                gates={gates}
                onView={onView}
                section={section.name}
                height={height}
              />
            ) : (
              <BarPanel
                metric={key}
                lines={lines}
                curves={whole.get(key)}
                isPending={isPending}
                gates={gates}
                height={height}
              />
            ),
        }))}
        onMove={(id, to) => onLayout(withMoved(layout, { section: section.name, ids, id, to }))}
        onResize={(id, size) => onLayout(withSize(layout, id, size, usual))}
      />
      {section.metrics.length > shown && (
        <Button variant="subtle" size="xs" className={classes.more} onClick={() => setShown(shown + maxCurveKeys)}>
          Show {Math.min(maxCurveKeys, section.metrics.length - shown)} more of{" "}
          {plural(section.metrics.length, "panel")}
        </Button>
      )}
    </>
  );
}
