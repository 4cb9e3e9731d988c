import type { RunViewState, SavedView } from "#server/develop/tracking/views/contract.ts";

/** What the address of a table of runs says: filter, order, columns, groups, page, what is chosen. */
export interface RunView {
  /** In the filter language. */
  q: string;
  /** Column and direction; undefined is the table's own order. */
  sort: { column: string; descending: boolean } | undefined;
  /** Keys of the columns in order; undefined is the table's own choice. */
  columns: string[] | undefined;
  /** Those of the columns that stay in sight when the table scrolls sideways. */
  pinned: string[];
  /** Of the columns whose width was set, in pixels. */
  widths: Record<string, number>;
  /** What the runs are grouped by: "params.<key>", "tags.<key>" or an attribute. */
  groupBy: string | undefined;
  /** Values of the groups that are open; null is the group without a value. */
  opened: (string | null)[];
  /** Deleted runs instead. */
  isTrash: boolean;
  /** The saved view that this one began as. */
  viewId: string | undefined;
  /** From 1. */
  page: number;
  /** Where that page begins or ends, so that it need not be counted to; undefined for one that was asked for by its number. */
  pagePosition: PagePosition | undefined;
  /** Ids of the runs that are chosen, in the order of choosing. */
  selected: string[];
}

/** Of a page: it comes after the one with the token, or before it. */
export interface PagePosition {
  side: "after" | "before";
  token: string;
}

type Parameters = Record<string, string | string[] | undefined>;

/**
 * Reads the view from the parameters of an address. What cannot be read counts as not said. An address that names a saved view and no
 * filter is that view as it is saved now.
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
  const view: RunView = {
    q: one("q").trim(),
    sort: sort ? { column: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : undefined,
    columns: columns ? listOf(columns) : undefined,
    pinned: listOf(one("pin")),
    widths: Object.fromEntries(listOf(one("widths")).flatMap(widthOf)),
    groupBy: one("group") || undefined,
    opened: listOf(one("open")).map((value) => (value.startsWith("=") ? value.slice(1) : null)),
    isTrash: one("trash") === "1",
    viewId: one("view") || undefined,
    page,
    pagePosition: page > 1 ? pagePosition(one("after"), one("before")) : undefined,
    selected: one("sel").split(",").filter(Boolean),
  };
  const named = saved.find(({ id }) => id === view.viewId);
  return named && parameters.q === undefined ? { ...view, ...fromState(named.state) } : view;
}

/** The address of a view below `path`; what is not said is left out. */
export function runViewHref(path: string, view: Partial<RunView>): string {
  const parameters = new URLSearchParams();
  const list = (name: string, keys: readonly string[] = []) =>
    keys.length > 0 && parameters.set(name, keys.map(encodeComma).join(","));
  if (view.viewId) parameters.set("view", view.viewId);
  // Said though empty: else the address would mean the view as it is saved.
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
  if (view.selected?.length) parameters.set("sel", view.selected.join(","));
  const query = parameters.toString();
  return query ? `${path}?${query}` : path;
}

/** The view after a click on a column's head: the other direction of the sorted one, `first` of another. */
export function sortedBy(view: RunView, column: string, first: "ascending" | "descending"): RunView {
  const isSame = view.sort?.column === column;
  return { ...view, page: 1, sort: { column, descending: isSame ? !view.sort?.descending : first === "descending" } };
}

/** What of a view is kept under a name. */
export function toState({ q, sort, columns, pinned, widths, groupBy }: RunView): RunViewState {
  return {
    filter: q,
    ...(sort && { sort }),
    ...(columns && { columns }),
    ...(pinned.length > 0 && { pinned }),
    ...(Object.keys(widths).length > 0 && { widths }),
    ...(groupBy && { groupBy }),
  };
}

function fromState(state: RunViewState): Partial<RunView> {
  const { filter, sort, columns, pinned = [], widths = {}, groupBy } = state;
  return { q: filter, sort, columns, pinned, widths, groupBy };
}

/** Whether a view shows something else than is saved under its name. */
export function isChanged(view: RunView, { state }: SavedView): boolean {
  const canonical = (each: RunViewState) => {
    const { widths = {}, ...rest } = toState({ ...view, ...fromState(each) });
    return JSON.stringify([rest, Object.entries(widths).toSorted()]);
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
