"use client";

import { Button } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { plural } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { maxCurveKeys } from "#server/develop/tracking/workspace/constants.ts";
import type { CurveView } from "../metrics/curve-view.ts";
import { BarPanel } from "./bar-panel.tsx";
import type { Band, ChartLine } from "./chart-lines.ts";
import classes from "./chart-section.module.css";
import type { ChartSection } from "./chart-sections.ts";
import { LinePanel } from "./line-panel.tsx";
import { useSectionCurves } from "./use-section-curves.ts";

interface ChartSectionProps {
  section: ChartSection;
  experimentId: number;
  /** All runs of the legend, also hidden ones: showing one reads nothing. */
  runIds: readonly string[];
  lines: readonly ChartLine[];
  view: CurveView;
  band: Band;
  onView: (change: Partial<CurveView>) => void;
  isFolded: boolean;
  onFold: () => void;
}

/** Renders the charts of metrics with a common prefix under a heading that folds them. A folded section reads no curves. */
export function ChartSectionPanels({ isFolded, onFold, ...props }: ChartSectionProps) {
  const { name, metrics } = props.section;
  const title = name === "" ? "Other metrics" : `${name}/`;
  const Chevron = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <section className={classes.section} aria-label={title}>
      <h2 className={classes.head}>
        <button className={classes.fold} type="button" aria-expanded={!isFolded} onClick={onFold}>
          <Chevron size={15} stroke={1.8} aria-hidden="true" /> {title}
          <span className={classes.count}>{plural(metrics.length, "panel")}</span>
        </button>
      </h2>
      {!isFolded && <Panels {...props} />}
    </section>
  );
}

function Panels({ section, lines, view, band, onView, ...question }: Omit<ChartSectionProps, "isFolded" | "onFold">) {
  const [shown, setShown] = useState(maxCurveKeys);
  const metrics = section.metrics.slice(0, shown);
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
      <div className={classes.grid}>
        {metrics.map(({ key, isCurve }) => (
          <WhenNear key={key}>
            {isCurve ? (
              <LinePanel
                metric={key}
                lines={lines}
                curves={whole.get(key)}
                zoomed={zoomed?.get(key)}
                isPending={isPending}
                view={view}
                band={band}
                onView={onView}
                section={section.name}
              />
            ) : (
              <BarPanel metric={key} lines={lines} curves={whole.get(key)} isPending={isPending} />
            )}
          </WhenNear>
        ))}
      </div>
      {section.metrics.length > shown && (
        <Button variant="subtle" size="xs" className={classes.more} onClick={() => setShown(shown + maxCurveKeys)}>
          Show {Math.min(maxCurveKeys, section.metrics.length - shown)} more of{" "}
          {plural(section.metrics.length, "panel")}
        </Button>
      )}
    </>
  );
}

/** Renders a chart once it is about to be scrolled into view, because many lines take long to draw; it stays then. */
function WhenNear({ children }: { children: ReactNode }) {
  const { ref, entry } = useIntersection({ rootMargin: "300px" });
  const [isSeen, setSeen] = useState(false);
  if (entry?.isIntersecting && !isSeen) setSeen(true);
  return (
    <div className={classes.panel} ref={ref}>
      {isSeen ? children : <Skeleton height={216} />}
    </div>
  );
}
