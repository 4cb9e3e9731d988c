import type { Range } from "#components/charts/prepare.ts";
import { readRange, writeRange } from "#components/charts/zoom.ts";

const curveAxes = ["step", "relative", "time"] as const;
export type CurveAxis = (typeof curveAxes)[number];

/** View of the curves as stored in the URL. */
export interface CurveView {
  x: CurveAxis;
  /** 0 to 0.99. */
  smooth: number;
  log: boolean;
  /** Part of the x axis, in steps or milliseconds like the axis. Undefined is the complete axis. */
  zoom: Range | undefined;
  /** The y axis follows the zoom. */
  fit: boolean;
  /** Part of the metric name to filter by. */
  metric: string;
}

type Get = (name: string) => string | null | undefined;

/** Reads the view from the parameters of a URL. Invalid values are ignored. */
export function readCurveView(get: Get): CurveView {
  const smooth = Number(get("smooth"));
  const x = curveAxes.find((each) => each === get("x")) ?? "step";
  return {
    x,
    smooth: smooth > 0 && smooth < 1 ? smooth : 0,
    log: get("log") === "1",
    zoom: readRange(get("zoom") ?? undefined),
    fit: get("fit") === "1",
    metric: get("metric") ?? "",
  };
}

/** Writes what changes of a view into the parameters of an address, and leaves the others. Another axis has no zoom yet. */
export function writeCurveView(parameters: URLSearchParams, change: Partial<CurveView>): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const put = (name: string, value: string | undefined) => {
    if (value) next.set(name, value);
    else next.delete(name);
  };
  if (change.x !== undefined) {
    put("x", change.x === "step" ? undefined : change.x);
    put("zoom", undefined);
    put("fit", undefined);
  }
  if (change.smooth !== undefined) put("smooth", change.smooth > 0 ? String(change.smooth) : undefined);
  if (change.log !== undefined) put("log", change.log ? "1" : undefined);
  if (change.fit !== undefined) put("fit", change.fit ? "1" : undefined);
  if (change.metric !== undefined) put("metric", change.metric);
  if ("zoom" in change) {
    put("zoom", change.zoom && writeRange(change.zoom));
    if (!change.zoom) put("fit", undefined);
  }
  return next;
}
