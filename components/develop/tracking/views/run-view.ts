import type { RunViewState, SavedView } from "#server/develop/tracking/views/contract.ts";

/** Value of `group` that shows every run on its own, where runs are grouped otherwise. */
export const noGroups = "-";

/** Settings of the charts in the address. Those of a look, such as a zoom, are not saved. */
const chartSettings = ["x", "smooth", "log", "band", "fold", "panels", "layout"];
const chartParameters = [...chartSettings, "zoom", "fit", "metric"];

/** State of a run table in its URL: filter, order, columns, groups, page, selection. */
export interface RunView {
  /** Whether the runs are a table, or the legend of charts; or the sweeps of the experiment instead. */
  mode: "table" | "charts" | "sweeps";
  /** In the filter language. */
  q: string;
  /** Column and direction; undefined is the table's own order. */
  sort: { column: string; descending: boolean } | undefined;
  /** Keys of the columns in order; undefined is the table's own choice. */
  columns: string[] | undefined;
  /** Keys of the columns that stay visible when the table scrolls horizontally. */
  pinned: string[];
  /** Widths set by the user, in pixels, by key of the column. */
  widths: Record<string, number>;
  /** Key that the runs are grouped by: "params.<key>", "tags.<key>" or an attribute. */
  groupBy: string | undefined;
  /** Values of the groups that are open; null is the group without a value. */
  opened: (string | null)[];
  /** Deleted runs instead. */
  isTrash: boolean;
  /** Saved view that this one started from. */
  viewId: string | undefined;
  /** From 1. */
  page: number;
  /** Start or end of that page, so that it is found without counting rows; undefined if the page was requested by number. */
  pagePosition: PagePosition | undefined;
  /** Ids of the runs that are chosen, in the order of choosing. */
  selected: string[];
  /** Ids of the runs that the charts do not draw. */
  hidden: string[];
  /** Settings of the charts by their name in the address. */
  charts: Record<string, string>;
}

/** Position of a page: after or before the run with the token. */
export interface PagePosition {
  side: "after" | "before";
  token: string;
}

const modes = ["table", "charts", "sweeps"];

type Parameters = Record<string, string | string[] | undefined>;

/**
 * Reads the view from the parameters of a URL. Invalid values are ignored. A URL that names a saved view and no filter shows that view as
 * it is currently saved.
 */
export function readRunView(parameters: Parameters, saved: readonly SavedView[] = []): RunView {
  const one = (name: string) => {
    const value = parameters[name];
    return (Array.isArray(value) ? value[0] : value) ?? "";
  };
  const sort = one("sort");
  const columns = one("cols");
  const requestedPage = Number(one("page"));
  const page = Number.isSafeInteger(requestedPage) && requestedPage > 0 ? requestedPage : 1;
  const [shown, savedId] = [one("view"), one("saved")];
  const view: RunView = {
    mode: shown === "charts" || shown === "sweeps" ? shown : "table",
    q: one("q").trim(),
    sort: sort ? { column: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : undefined,
    columns: columns ? listOf(columns) : undefined,
    pinned: listOf(one("pin")),
    widths: Object.fromEntries(listOf(one("widths")).flatMap(widthOf)),
    groupBy: one("group") || undefined,
    opened: listOf(one("open")).map((value) => (value.startsWith("=") ? value.slice(1) : null)),
    isTrash: one("trash") === "1",
    viewId: savedId || (modes.includes(shown) ? undefined : shown) || undefined,
    page,
    pagePosition: page > 1 ? pagePosition(one("after"), one("before")) : undefined,
    selected: one("sel").split(",").filter(Boolean),
    hidden: one("hide").split(",").filter(Boolean),
    charts: Object.fromEntries(chartParameters.flatMap((name) => (one(name) ? [[name, one(name)]] : []))),
  };
  const named = saved.find(({ id }) => id === view.viewId);
  return named && parameters.q === undefined ? { ...view, ...fromState(named.state) } : view;
}

/** Returns the URL of a view below `path`; undefined fields are omitted. */
export function runViewHref(path: string, view: Partial<RunView>): string {
  const parameters = new URLSearchParams();
  const list = (name: string, keys: readonly string[] = []) =>
    keys.length > 0 && parameters.set(name, keys.map(encodeComma).join(","));
  if (view.mode === "charts" || view.mode === "sweeps") {
    parameters.set("view", view.mode);
    if (view.viewId) parameters.set("saved", view.viewId);
  } else if (view.viewId) parameters.set("view", view.viewId);
  // Set even if empty: without it, the URL would show the saved view.
  if (view.q || view.viewId) parameters.set("q", view.q ?? "");
  if (view.sort) parameters.set("sort", `${view.sort.descending ? "-" : ""}${view.sort.column}`);
  list("cols", view.columns);
  list("pin", view.pinned);
  list(
    "widths",
    Object.entries(view.widths ?? {}).map(([key, width]) => `${key}:${width}`),
  );
  if (view.groupBy) parameters.set("group", view.groupBy);
  list(
    "open",
    view.opened?.map((value) => (value === null ? "-" : `=${value}`)),
  );
  if (view.isTrash) parameters.set("trash", "1");
  if (view.page && view.page > 1) {
    parameters.set("page", String(view.page));
    if (view.pagePosition) parameters.set(view.pagePosition.side, view.pagePosition.token);
  }
  if (view.mode === "charts") {
    if (view.hidden?.length) parameters.set("hide", view.hidden.join(","));
    for (const [name, value] of Object.entries(view.charts ?? {})) parameters.set(name, value);
  }
  if (view.selected?.length) parameters.set("sel", view.selected.join(","));
  const query = parameters.toString();
  return query ? `${path}?${query}` : path;
}

/** Returns the view after a click on a column header: reverses the sorted column, or sorts another in direction `first`. */
export function sortedBy(view: RunView, column: string, first: "ascending" | "descending"): RunView {
  const isSame = view.sort?.column === column;
  return { ...view, page: 1, sort: { column, descending: isSame ? !view.sort?.descending : first === "descending" } };
}

/** Returns the part of a view that is saved under a name. */
export function toState(view: RunView): RunViewState {
  const { q, sort, columns, pinned, widths, groupBy, mode, hidden } = view;
  const charts = chartSettings.flatMap((name) => (view.charts[name] ? [[name, view.charts[name]]] : []));
  return {
    filter: q,
    ...(sort && { sort }),
    ...(columns && { columns }),
    ...(pinned.length > 0 && { pinned }),
    ...(Object.keys(widths).length > 0 && { widths }),
    ...(groupBy && { groupBy }),
    ...(mode === "charts" && {
      mode,
      ...(charts.length > 0 && { charts: Object.fromEntries(charts) }),
      ...(hidden.length > 0 && { hidden }),
    }),
  };
}

function fromState(state: RunViewState): Partial<RunView> {
  const { filter, sort, columns, pinned = [], widths = {}, groupBy, mode = "table", charts = {}, hidden = [] } = state;
  return { q: filter, sort, columns, pinned, widths, groupBy, mode, charts, hidden };
}

/** Returns whether a view differs from the one saved under its name. */
export function isChanged(view: RunView, { state }: SavedView): boolean {
  const canonical = (each: RunViewState) => {
    const { widths = {}, charts = {}, hidden = [], ...rest } = toState({ ...view, ...fromState(each) });
    return JSON.stringify([
      rest,
      Object.entries(widths).toSorted(),
      Object.entries(charts).toSorted(),
      hidden.toSorted(),
    ]);
  };
  return canonical(toState(view)) !== canonical(state);
}

function listOf(text: string): string[] {
  return text.split(",").filter(Boolean).map(decodeComma);
}

function pagePosition(after: string, before: string): PagePosition | undefined {
  if (after) return { side: "after", token: after };
  return before ? { side: "before", token: before } : undefined;
}

function widthOf(text: string): [string, number][] {
  const colon = text.lastIndexOf(":");
  const width = Number(text.slice(colon + 1));
  return colon > 0 && width >= 40 && width <= 1000 ? [[text.slice(0, colon), Math.round(width)]] : [];
}

function encodeComma(key: string): string {
  return key.replaceAll("%", "%25").replaceAll(",", "%2C");
}

function decodeComma(key: string): string {
  return key.replaceAll("%2C", ",").replaceAll("%25", "%");
}
