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

/** Number of colours of lines; those of `styleOfLine` repeat after it with other dashes. */
export const lineColours = seriesStyles.length;

const canary: SeriesStyle = { colour: "var(--lw-series-1)", dash: undefined };
const stable: SeriesStyle = { colour: "var(--lw-series-stable)", dash: "6 3" };
/** Style of realised values, drawn beside estimated ones. */
const realised: SeriesStyle = { colour: "var(--lw-text)", dash: undefined };
const crowd: SeriesStyle = { colour: "var(--lw-control-edge)", dash: undefined, opacity: 0.22 };

/** Returns the style of an index in the order of series, for chips, tables and legends that must match a chart. */
export function styleOfIndex(index: number): SeriesStyle {
  return seriesStyles[index] ?? crowd;
}

/**
 * Returns the style of a line that a list names: 36 combinations of colour and dash, the first six as in `styleOfIndex`; further lines
 * repeat them.
 */
export function styleOfLine(index: number): SeriesStyle {
  const count = seriesStyles.length;
  const colour = seriesStyles[index % count]?.colour ?? "";
  return { colour, dash: seriesStyles[(index + Math.floor(index / count)) % count]?.dash };
}

/**
 * Returns the style of a version of a model: the same wherever it is shown, whatever it serves. Of two with the same style, the older one
 * is paler (docs/spec/design.md section 9).
 * @param shown all versions that are shown together
 */
function styleOfVersion(version: number, shown: readonly number[]): SeriesStyle {
  const style = styleOfIndex((version - 1) % seriesStyles.length);
  const isRepeated = shown.some((other) => other > version && (other - version) % seriesStyles.length === 0);
  return isRepeated ? { ...style, opacity: 0.55 } : style;
}

/** Returns the number that gives a version its style: the colours of another model than the first one shown begin at the fourth. */
export function versionColour(version: number, isOfFirstModel: boolean): number {
  return version + (isOfFirstModel ? 0 : 3);
}

/** Returns the styles of versions that are shown together, for tables, bars and chips that must match the charts. */
export function styleVersions(versions: readonly { model: string; version: number }[]): SeriesStyle[] {
  const numbers = versions.map(({ model, version }) => versionColour(version, model === versions[0]?.model));
  return numbers.map((number) => styleOfVersion(number, numbers));
}

/** Returns the style of every series. With more than six, only those with a fixed index keep a colour. */
export function styleSeries(series: readonly Series[]): SeriesStyle[] {
  const crowded = series.filter(({ isFaint }) => !isFaint).length > seriesStyles.length;
  const versions = series.flatMap(({ version }) => version ?? []);
  return series.map(({ role, version, index: position, kind, isFaint, style }, index) => {
    const base =
      version !== undefined
        ? styleOfVersion(version, versions)
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
    if (style) return style;
    if (isFaint) return { ...base, opacity: 0.4 };
    if (kind === "estimate") return { ...base, dash: "5 3" };
    if (kind === "forecast") return { ...base, dash: "1.5 3" };
    return base;
  });
}
