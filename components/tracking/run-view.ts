/** What the address of a table of runs says: filter, order, columns, page, what is chosen. */
export interface RunView {
  /** In the filter language. */
  q: string;
  /** Column and direction; undefined is the table's own order. */
  sort: { column: string; descending: boolean } | undefined;
  /** Keys of the columns in order; undefined is the table's own choice. */
  columns: string[] | undefined;
  /** From 1. */
  page: number;
  /** Ids of the runs that are chosen, in the order of choosing. */
  selected: string[];
}

type Parameters = Record<string, string | string[] | undefined>;

/** Reads the view from the parameters of an address. What cannot be read counts as not said. */
export function readRunView(parameters: Parameters): RunView {
  const one = (name: string) => {
    const value = parameters[name];
    return (Array.isArray(value) ? value[0] : value) ?? "";
  };
  const sort = one("sort");
  const columns = one("cols");
  const page = Number(one("page"));
  return {
    q: one("q").trim(),
    sort: sort ? { column: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : undefined,
    columns: columns ? columns.split(",").map(decodeComma) : undefined,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    selected: one("sel").split(",").filter(Boolean),
  };
}

/** The address of a view below `path`; what is not said is left out. */
export function runViewHref(path: string, view: Partial<RunView>): string {
  const parameters = new URLSearchParams();
  if (view.q) parameters.set("q", view.q);
  if (view.sort) parameters.set("sort", `${view.sort.descending ? "-" : ""}${view.sort.column}`);
  if (view.columns) parameters.set("cols", view.columns.map(encodeComma).join(","));
  if (view.page && view.page > 1) parameters.set("page", String(view.page));
  if (view.selected?.length) parameters.set("sel", view.selected.join(","));
  const query = parameters.toString();
  return query ? `${path}?${query}` : path;
}

/** The view after a click on a column's head: the other direction of the sorted one, `first` of another. */
export function sortedBy(view: RunView, column: string, first: "ascending" | "descending"): RunView {
  const isSame = view.sort?.column === column;
  return { ...view, page: 1, sort: { column, descending: isSame ? !view.sort?.descending : first === "descending" } };
}

function encodeComma(key: string): string {
  return key.replaceAll("%", "%25").replaceAll(",", "%2C");
}

function decodeComma(key: string): string {
  return key.replaceAll("%2C", ",").replaceAll("%25", "%");
}
