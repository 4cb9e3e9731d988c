"use client";

import { useElementSize } from "@mantine/hooks";
import classes from "./change-lane.module.css";
import { placePlot } from "./geometry.ts";
import type { Marker } from "./markers.ts";
import { MarkerLane } from "./overlay.tsx";
import type { Range } from "./prepare.ts";
import { Ribbon, type RibbonPart, ribbonHeight } from "./ribbon.tsx";

interface ChangeLaneProps {
  range: Range;
  markers: readonly Marker[];
  /** What served when; oldest first. */
  parts: readonly RibbonPart[];
  /** As of the charts below. */
  room: { left: number; right: number };
}

const laneHeight = 24;

/** Renders the changes above all charts of a panel, and the ribbon of what served, on the axis of these charts. */
export function ChangeLane({ range, markers, parts, room }: ChangeLaneProps) {
  const { ref, width } = useElementSize();
  const shown = markers.filter(({ at }) => at >= range.from && at <= range.to);
  const top = shown.length > 0 ? laneHeight : 0;
  const box = { width, height: top + ribbonHeight };
  const plot = { ...placePlot(box, { ...room, top }, [range.from, range.to], [0, 1]), height: ribbonHeight };
  return (
    <div className={classes.lane} ref={ref} style={{ height: box.height }}>
      {width > 0 && (
        <>
          <MarkerLane plot={plot} markers={shown} />
          <Ribbon plot={plot} parts={parts} top={top} />
          {parts.length > 0 && room.right >= 60 && (
            <span className={classes.name} style={{ left: plot.left + plot.width + 7, top: top - 5 }}>
              served by
            </span>
          )}
        </>
      )}
    </div>
  );
}
