"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ShownRun } from "./chart-lines.ts";
import classes from "./chart-section.module.css";
import type { ChartSectionProps } from "./chart-section.tsx";
import { mediaNames } from "./media-files.ts";
import { PanelGrid } from "./panel-grid.tsx";
import { arranged, mediaSection, type PanelSize, withMoved, withSize } from "./panel-layout.ts";
import { SectionHead } from "./section-head.tsx";
import { useRunMedia } from "./use-run-media.ts";

const LazyMediaPanel = dynamic(() => import("./media-panel.tsx").then((module) => module.MediaPanel), {
  loading: () => <Skeleton height={216} />,
});

interface MediaSectionProps
  extends Pick<ChartSectionProps, "experimentId" | "layout" | "onLayout" | "isFolded" | "onFold"> {
  shownRuns: readonly ShownRun[];
}

const usual: PanelSize = { width: 3, height: 1 };

/** Renders a panel for each name of images that the runs shown logged; none without any. */
export function MediaSection({ shownRuns, isFolded, onFold, layout, onLayout, experimentId }: MediaSectionProps) {
  const { paths } = useRunMedia(
    experimentId,
    shownRuns.map(({ id }) => id),
  );
  const ids = mediaNames([...paths.values()].flat());
  if (ids.length === 0) return null;
  return (
    <section className={classes.section} aria-label="media/">
      <SectionHead title="media/" count={ids.length} isFolded={isFolded} onFold={onFold} />
      {!isFolded && (
        <PanelGrid
          panels={arranged(ids, mediaSection, layout).map((name) => ({
            id: name,
            name,
            size: layout.sizes[sizeKey(name)] ?? usual,
            render: () => (
              <LazyMediaPanel
                panel={{ id: name, kind: "media", title: "", columns: [name], text: "" }}
                experimentId={experimentId}
                shownRuns={shownRuns}
              />
            ),
          }))}
          onMove={(id, to) => onLayout(withMoved(layout, { section: mediaSection, ids, id, to }))}
          onResize={(id, size) => onLayout(withSize(layout, sizeKey(id), size, usual))}
        />
      )}
    </section>
  );
}

/** Names of images and of metrics share one list of sizes. */
const sizeKey = (name: string) => `${mediaSection}${name}`;
