import { type Plot, xOf } from "./geometry.ts";
import classes from "./overlay.module.css";
import type { Range } from "./prepare.ts";

/** A time in which one thing served. */
export interface RibbonPart extends Range {
  label: string;
  colour: string;
  opacity?: number | undefined;
}

export const ribbonHeight = 5;

/** Renders what served when, as a band of 5 px. @param top of the band, in px from the top of the box */
export function Ribbon({ plot, parts, top }: { plot: Plot; parts: readonly RibbonPart[]; top: number }) {
  const [first, last] = plot.domain;
  return parts
    .filter(({ from, to }) => to > first && from < last)
    .map(({ from, to, label, colour, opacity }) => {
      const [left, right] = [xOf(plot, Math.max(from, first)), xOf(plot, Math.min(to, last))];
      return (
        <span
          className={classes.ribbon}
          role="img"
          aria-label={`${label} served`}
          title={`${label} served`}
          style={{ left, top, width: Math.max(1, right - left - 1), background: colour, opacity }}
          key={from}
        />
      );
    });
}
