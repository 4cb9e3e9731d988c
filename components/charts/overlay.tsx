import {
  IconAdjustments,
  IconAlertTriangle,
  IconDatabase,
  IconRocket,
  IconTag,
  type TablerIcon,
} from "@tabler/icons-react";
import { type Plot, spreadLabels, xOf, yOf } from "./geometry.ts";
import { type Marker, type MarkerKind, nameSides, placeMarkers } from "./markers.ts";
import classes from "./overlay.module.css";
import type { Range } from "./prepare.ts";

const icons: Record<MarkerKind, TablerIcon> = {
  deploy: IconRocket,
  data: IconDatabase,
  config: IconAdjustments,
  incident: IconAlertTriangle,
  label: IconTag,
};

interface MarkerLaneProps {
  plot: Plot;
  markers: readonly Marker[];
  /** Without names only the lines are drawn. */
  isNamed?: boolean;
}

/** Renders the lane of changes above the plot, each with a vertical line. */
export function MarkerLane({ plot, markers, isNamed = true }: MarkerLaneProps) {
  const [from, to] = plot.domain;
  const placed = placeMarkers(markers, { from, to, width: plot.width });
  const sides = nameSides(placed, plot.width);
  return placed.map((marker, index) => {
    const place = { left: plot.left + marker.x, height: plot.top + plot.height };
    if (!isNamed) {
      return (
        <div
          className={classes.marker}
          data-suspected={marker.suspected || undefined}
          style={place}
          aria-hidden="true"
          key={marker.at}
        />
      );
    }
    const Icon = icons[marker.kind];
    const side = sides[index];
    const content = (
      <>
        <span className={classes.square}>
          <Icon size={13} stroke={1.9} aria-hidden="true" />
        </span>
        <span className={side === "none" ? "lw-hidden" : classes.name}>{marker.label}</span>
      </>
    );
    return (
      <div
        className={classes.marker}
        data-suspected={marker.suspected || undefined}
        data-flip={side === "left" || undefined}
        title={side === "none" ? marker.label : undefined}
        style={place}
        key={marker.at}
      >
        {marker.href ? (
          <a className={classes.flag} href={marker.href}>
            {content}
          </a>
        ) : (
          <span className={classes.flag}>{content}</span>
        )}
      </div>
    );
  });
}

interface GapNamesProps {
  plot: Plot;
  gaps: Range[];
  word: string;
  /** Only where the word fits between filled areas. */
  inside?: boolean;
}

/** Labels the ranges without measurements. */
export function GapNames({ plot, gaps, word, inside }: GapNamesProps) {
  const needed = inside ? word.length * 6.4 : 0;
  const shown = gaps.filter((gap) => xOf(plot, gap.to) - xOf(plot, gap.from) >= needed);
  return shown.map((gap) => (
    <span
      className={classes.gap}
      style={{ left: (xOf(plot, gap.from) + xOf(plot, gap.to)) / 2, top: plot.top + plot.height - 18 }}
      key={gap.from}
    >
      {word}
    </span>
  ));
}

export interface EndLabel {
  at: number;
  value: number;
  text: string;
  colour: string;
  /** Forecasts end in an open point. */
  open?: boolean;
}

/** Renders the last value at each line's end. */
export function EndLabels({ plot, labels }: { plot: Plot; labels: EndLabel[] }) {
  const middles = labels.map((label) => yOf(plot, label.value));
  const spread = spreadLabels(middles, 14);
  return labels.map((label, index) => (
    <div key={label.text + label.colour}>
      <span
        className={classes.dot}
        data-open={label.open || undefined}
        style={{ left: xOf(plot, label.at), top: middles[index], color: label.colour }}
      />
      <span className={classes.end} style={{ left: xOf(plot, label.at) + 7, top: spread[index] }}>
        {label.text}
      </span>
    </div>
  ));
}
