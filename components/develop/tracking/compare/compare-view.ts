import { type Brush, readBrush, writeBrush } from "#components/charts/brush.ts";
import { lineColours, type SeriesStyle, styleOfLine } from "#components/charts/series-style.ts";

/** Limits on compared runs: fewer cannot be compared, more cannot be distinguished on any screen. */
export const compareLimits = { least: 2, most: 30 };

export const compareTabs = ["overview", "curves", "scatter", "artifacts"] as const;
export type CompareTab = (typeof compareTabs)[number];

/** State of a comparison in its URL, besides its runs and the view of the curves. */
export interface CompareView {
  tab: CompareTab;
  /** Whether equal values are shown too. */
  all: boolean;
  /** Columns that are axes, "params.lr"; undefined is Leeway's own choice. */
  axes: string[] | undefined;
  /** Brushes by column. */
  brushes: Record<string, Brush>;
  /** Columns; undefined is Leeway's own choice. */
  x: string | undefined;
  y: string | undefined;
  colour: string | undefined;
  /** Path of the shown artifact. */
  path: string;
}

/**
 * Returns the address that compares runs; the first is the baseline.
 * @param places of runs in the order of colours, for those that have a colour on the charts of their experiment
 */
export function compareHref(runIds: readonly string[], places: ReadonlyMap<string, number> = new Map()): string {
  return `/experiments/compare?runs=${writeRuns(runIds, places)}`;
}

function writeRuns(runIds: readonly string[], places: ReadonlyMap<string, number>): string {
  return runIds.map((id) => (places.has(id) ? `${id}.${places.get(id)}` : id)).join(",");
}

/** Parses the run ids of an address, without duplicates, at most 30. */
export function readRunIds(text: string | string[] | undefined): string[] {
  return [...new Set(listedRuns([text ?? []].flat().join(",")).map(({ id }) => id))].slice(0, compareLimits.most);
}

/** Parses the runs of an address: ids, some with their place in the order of colours, "4f2a.3". */
function listedRuns(text: string): { id: string; place: number | undefined }[] {
  return text.split(",").flatMap((part) => {
    const [, id = part, place] = /^([^.]+)\.(\d{1,4})$/.exec(part) ?? [];
    return id ? [{ id, place: place === undefined ? undefined : Number(place) }] : [];
  });
}

function placesOf(text: string): Map<string, number> {
  return new Map(listedRuns(text).flatMap(({ id, place }) => (place === undefined ? [] : [[id, place]])));
}

/**
 * Returns the styles of the runs that keep the colour of the charts of their experiment. Of runs with one colour, as those of a group, each
 * has its own dash. Runs without a place are not in it: their order gives the colour.
 */
export function comparedStyles(text: string): Map<string, SeriesStyle> {
  const taken = new Set<number>();
  return new Map(
    [...placesOf(text)].map(([id, place]) => {
      const free = Array.from({ length: lineColours }, (_, turn) => place + turn * lineColours);
      const index = free.find((each) => !taken.has(each)) ?? place;
      taken.add(index);
      return [id, styleOfLine(index)];
    }),
  );
}

/** Reads the view from the parameters of a URL. Invalid values are ignored. */
export function readCompareView(parameters: URLSearchParams): CompareView {
  const axes = parameters.get("axes");
  const column = (name: string) => parameters.get(name)?.match(/^(?:metrics|params)\../)?.input;
  return {
    tab: compareTabs.find((tab) => tab === parameters.get("tab")) ?? "overview",
    all: parameters.get("all") === "1",
    axes: axes === null ? undefined : axes.split(",").filter((each) => /^(metrics|params)\../.test(each)),
    brushes: Object.fromEntries(
      parameters.getAll("brush").flatMap((text) => {
        const at = text.indexOf("~");
        const brush = readBrush(text.slice(at + 1));
        return at > 0 && brush ? [[text.slice(0, at), brush]] : [];
      }),
    ),
    x: column("sx"),
    y: column("sy"),
    colour: column("sc"),
    path: parameters.get("path") ?? "",
  };
}

/** Returns the parameters of an address after a change of the view or the runs; the others stay the same. */
export function writeCompareView(
  parameters: URLSearchParams,
  change: Partial<CompareView> & { runs?: readonly string[] },
): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const put = (name: string, value: string | undefined) => {
    if (value) next.set(name, value);
    else next.delete(name);
  };
  if (change.runs) put("runs", writeRuns(change.runs, placesOf(parameters.get("runs") ?? "")));
  if (change.tab) put("tab", change.tab === "overview" ? undefined : change.tab);
  if (change.all !== undefined) put("all", change.all ? "1" : undefined);
  if ("axes" in change) put("axes", change.axes?.join(","));
  if ("x" in change) put("sx", change.x);
  if ("y" in change) put("sy", change.y);
  if ("colour" in change) put("sc", change.colour);
  if (change.path !== undefined) put("path", change.path);
  if (change.brushes) {
    next.delete("brush");
    for (const [column, brush] of Object.entries(change.brushes))
      next.append("brush", `${column}~${writeBrush(brush)}`);
  }
  return next;
}

/** Parameters as an address, readable where it can be. */
export function addressOf(path: string, parameters: URLSearchParams): string {
  const query = parameters.toString().replaceAll("%2C", ",").replaceAll("%7E", "~");
  return query ? `${path}?${query}` : path;
}
