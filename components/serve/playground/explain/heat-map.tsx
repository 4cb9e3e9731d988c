"use client";

import { useEffect, useRef, useState } from "react";
import { formatNumber, nbsp } from "#components/ui/format.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import type { OcclusionResult } from "#server/serve/explain/contract.ts";
import { heatColour, rampOf } from "./heat-colour.ts";
import classes from "./heat-map.module.css";

const side = 168;

/** Shows the image regions that the output depends on, over the image in grey; the scale has numbers and both signs. */
export function HeatMap({ why, what, most }: { why: OcclusionResult; what: string; most: number }) {
  const [view, setView] = useState<"heat" | "off">("heat");
  const canvas = useRef<HTMLCanvasElement>(null);
  const { picture, heat, patch, stride, baseline, strongest } = why;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    draw(context, picture, (value) => [value, value, value, 255], false);
    if (view === "heat") draw(context, heat, (value) => heatColour(value, most), true);
  }, [picture, heat, most, view]);
  const scale = side / Math.max(picture.width, picture.height);
  const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
  const [first] = strongest;
  return (
    <div className={classes.root}>
      <canvas
        className={classes.picture}
        ref={canvas}
        {...size}
        role="img"
        aria-label={`${why.input} with evidence for and against ${what}`}
      />
      <div className={classes.words}>
        <p>{first ? sentenceOf(first, what) : "No single patch changes the prediction."}</p>
        <Segmented
          label="Heat map overlay"
          value={view}
          onChange={setView}
          options={[
            { value: "heat", label: "Heat" },
            { value: "off", label: "Off" },
          ]}
        />
        <div className={classes.key}>
          <span className={classes.ramp} style={{ background: rampOf("against") }} aria-hidden="true" />
          <span className={classes.ramp} style={{ background: rampOf("for") }} aria-hidden="true" />
          <span className="lw-caption">against, {formatNumber(-most)}</span>
          <span className={`${classes.end} lw-caption`}>for, {formatNumber(most)}</span>
        </div>
        <p className="lw-small lw-quiet">
          Patches of {patch} {nbsp}px, stride {stride} {nbsp}px, occluded with{" "}
          {baseline === "mean" ? "the mean" : "a blur"}. The scale is the drop in the prediction.
        </p>
      </div>
    </div>
  );
}

function sentenceOf({ left, top, width, height, fall }: OcclusionResult["strongest"][number], what: string): string {
  const rangeText = `columns ${left + 1} to ${left + width}, rows ${top + 1} to ${top + height}`;
  const moved = fall > 0 ? `removes ${formatNumber(fall)} from` : `adds ${formatNumber(-fall)} to`;
  return `Occluding ${rangeText} ${moved} ${what}, the largest effect.`;
}

type Grid = OcclusionResult["heat"];

function draw(
  context: CanvasRenderingContext2D,
  { width, height, values }: Grid,
  colour: (value: number) => readonly [number, number, number, number],
  isSmooth: boolean,
): void {
  const small = document.createElement("canvas");
  small.width = width;
  small.height = height;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (const [at, value] of values.entries()) pixels.set(colour(value), at * 4);
  small.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.imageSmoothingEnabled = isSmooth;
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}
