"use client";

import { Button, Checkbox, Slider, TextInput } from "@mantine/core";
import { IconSearch, IconZoomOut } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useState } from "react";
import { planXAxis } from "#components/charts/x-axis.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { keysAreFree } from "#components/ui/keys.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import classes from "./curve-controls.module.css";
import type { CurveAxis, CurveView } from "./curve-view.ts";

interface CurveControlsProps {
  view: CurveView;
  onView: (change: Partial<CurveView>) => void;
  /** Number of metrics, and how many of them are plotted. */
  metrics: { all: number; drawn: number };
  /** Whether the x axis cannot be selected: system metrics are always plotted over time. */
  fixedAxis?: boolean;
}

/** Renders search, smoothing, scale and axis of the charts below, and the zoom reset (key Z). */
export function CurveControls({ view, onView, metrics, fixedAxis }: CurveControlsProps) {
  return (
    <div className={classes.bar}>
      <MetricSearch view={view} onView={onView} metrics={metrics} />
      {view.zoom && <ZoomBack view={view} onView={onView} />}
      <span className={classes.right}>
        <Smoothing value={view.smooth} onChange={(smooth) => onView({ smooth })} />
        <Segmented
          label="Scale of the y axis"
          value={view.log ? "log" : "linear"}
          onChange={(scale) => onView({ log: scale === "log" })}
          options={scales}
        />
        {!fixedAxis && (
          <Segmented<CurveAxis> label="X axis" value={view.x} onChange={(x) => onView({ x })} options={axes} />
        )}
      </span>
    </div>
  );
}

const scales = [
  { value: "linear" as const, label: "Linear" },
  { value: "log" as const, label: "Log" },
];
const axes = [
  { value: "step" as const, label: "Step" },
  { value: "relative" as const, label: "Relative" },
  { value: "time" as const, label: "Time" },
];

/** Renders the search that filters the charts after a pause in typing; the address stores it. */
function MetricSearch({ view, onView, metrics }: Omit<CurveControlsProps, "fixedAxis">) {
  const [text, setText] = useShown(view.metric);
  return (
    <TextInput
      className={classes.search}
      data-lw-search
      aria-label="Find a metric"
      placeholder="Find a metric"
      value={text}
      leftSection={<IconSearch size={15} stroke={1.7} aria-hidden="true" />}
      rightSection={
        <span className="lw-caption lw-quiet lw-number">
          {metrics.drawn === metrics.all ? metrics.all : `${metrics.drawn} of ${metrics.all}`}
        </span>
      }
      rightSectionWidth={72}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onView({ metric: text.trim() });
        if (event.key === "Escape") onView({ metric: "" });
      }}
      onBlur={() => {
        if (text.trim() !== view.metric) onView({ metric: text.trim() });
      }}
    />
  );
}

function Smoothing({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const [shown, setShown] = useShown(value);
  return (
    <span className={classes.smoothing}>
      <span aria-hidden="true">Smoothing</span>
      <Slider
        className={classes.slider}
        thumbLabel="Smoothing"
        size={3}
        thumbSize={14}
        label={null}
        min={0}
        max={0.99}
        step={0.01}
        value={shown}
        onChange={setShown}
        onChangeEnd={onChange}
      />
      <span className="lw-number">{shown.toFixed(2)}</span>
    </span>
  );
}

/** Returns the value of a field: the last input, or that of the URL once it changes. The field is not remounted and keeps the focus. */
function useShown<Value>(given: Value) {
  const [stored, setStored] = useState({ given, shown: given });
  if (stored.given !== given) setStored({ given, shown: given });
  return [stored.given === given ? stored.shown : given, (shown: Value) => setStored({ given, shown })] as const;
}

function ZoomBack({ view, onView }: Pick<CurveControlsProps, "view" | "onView">) {
  const back = useEffectEvent(() => onView({ zoom: undefined }));
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "z" || !keysAreFree(event)) return;
      event.preventDefault();
      back();
    }
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  if (!view.zoom) return null;
  const { from, to } = view.zoom;
  const { label } = planXAxis(view.x, view.zoom, 400);
  const positions = view.x === "step" ? [Math.ceil(from), Math.floor(to)] : [from, to];
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconZoomOut size={15} stroke={1.8} aria-hidden="true" />}
        rightSection={<Keys keys={["Z"]} />}
        onClick={() => onView({ zoom: undefined })}
      >
        {`Full range (currently ${positions.map(label).join(" to ")})`}
      </Button>
      <Checkbox
        label="Fit Y axis to zoom"
        checked={view.fit}
        onChange={(event) => onView({ fit: event.currentTarget.checked })}
      />
    </>
  );
}
