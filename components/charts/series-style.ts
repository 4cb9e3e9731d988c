import type { Series } from "./prepare.ts";

export interface SeriesStyle {
  colour: string;
  /** Dash array; undefined is solid. */
  dash: string | undefined;
  opacity?: number;
}

/** In this order, each with its own dash, so that lines survive without colour. */
const seriesStyles: readonly SeriesStyle[] = [
  { colour: "var(--lw-series-1)", dash: undefined },
  { colour: "var(--lw-series-2)", dash: "7 3" },
  { colour: "var(--lw-series-3)", dash: "2 3" },
  { colour: "var(--lw-series-4)", dash: "8 3 2 3" },
  { colour: "var(--lw-series-5)", dash: "10 3" },
  { colour: "var(--lw-series-6)", dash: "4 2" },
];

const canary: SeriesStyle = { colour: "var(--lw-series-1)", dash: undefined };
const stable: SeriesStyle = { colour: "var(--lw-series-stable)", dash: "6 3" };
/** Style of realised values, drawn beside estimated ones. */
const realised: SeriesStyle = { colour: "var(--lw-text)", dash: undefined };
const crowd: SeriesStyle = { colour: "var(--lw-control-edge)", dash: undefined, opacity: 0.22 };

/** Returns the style of an index in the order of series, for chips, tables and legends that must match a chart. */
export function styleOfIndex(index: number): SeriesStyle {
  return seriesStyles[index] ?? crowd;
}

/** Returns the style of a version of a model: the same wherever it is shown, whatever it serves (docs/spec/design.md section 9). */
function styleOfVersion(version: number): SeriesStyle {
  return styleOfIndex((version - 1) % seriesStyles.length);
}

/** Whether a newer version with the same style is among the series: of the two, the older one is drawn paler. */
function isRepeated(version: number, series: readonly Series[]): boolean {
  return series.some((each) => {
    const newer = (each.version ?? 0) - version;
    return newer > 0 && newer % seriesStyles.length === 0;
  });
}

/** Returns the style of every series. With more than six, only those with a fixed index keep a colour. */
export function styleSeries(series: readonly Series[]): SeriesStyle[] {
  const crowded = series.length > seriesStyles.length;
  return series.map(({ role, version, index: position, kind }, index) => {
    const base =
      version !== undefined
        ? { ...styleOfVersion(version), ...(isRepeated(version, series) && { opacity: 0.55 }) }
        : role === "stable"
          ? stable
          : role === "canary"
            ? canary
            : role === "realised"
              ? realised
              : position !== undefined
                ? styleOfIndex(position)
                : crowded
                  ? crowd
                  : styleOfIndex(index);
    if (kind === "estimate") return { ...base, dash: "5 3" };
    if (kind === "forecast") return { ...base, dash: "1.5 3" };
    return base;
  });
}
