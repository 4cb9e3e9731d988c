import { expect, test } from "vitest";
import type { SavedView } from "#server/develop/tracking/views/contract.ts";
import { isChanged, type RunView, readRunView, runViewHref, sortedBy, toState } from "./run-view.ts";

const full: RunView = {
  mode: "table",
  q: 'metrics.val_accuracy > 0.9 and tags."a,b" != "x"',
  sort: { column: "metrics.val_accuracy", descending: true },
  columns: ["status", "params.a,b%2C", "metrics.val/loss"],
  pinned: ["params.a,b%2C"],
  widths: { "params.a:b": 120, status: 90 },
  groupBy: "params.lr",
  opened: ["0.1,0.2", null, ""],
  isTrash: true,
  viewId: "v1",
  page: 3,
  pagePosition: { side: "before", token: "eyJxdWVyeSI6+/A==" },
  selected: ["r2", "r1"],
  hidden: [],
  charts: {},
};

const charts: RunView = { ...full, mode: "charts", hidden: ["r3"], charts: { x: "time", smooth: "0.4", zoom: "1~2" } };

test("round-trips a view through its URL", () => {
  const url = new URL(runViewHref("/experiments/7", full), "http://leeway.test");
  expect(url.pathname).toBe("/experiments/7");
  expect(url.searchParams.get("sort")).toBe("-metrics.val_accuracy");
  expect(readRunView(Object.fromEntries(url.searchParams))).toEqual(full);
});

test("round-trips the charts through the URL, beside a saved view", () => {
  const { searchParams } = new URL(runViewHref("/experiments/7", charts), "http://leeway.test");
  expect([searchParams.get("view"), searchParams.get("saved")]).toEqual(["charts", "v1"]);
  expect(readRunView(Object.fromEntries(searchParams))).toEqual(charts);
});

test("saves the settings of the charts, without the zoom, and notices their change", () => {
  const state = toState(charts);
  expect(state).toMatchObject({ mode: "charts", charts: { x: "time", smooth: "0.4" }, hidden: ["r3"] });
  expect(state.charts?.zoom).toBeUndefined();
  const saved = { id: "v1", state } as SavedView;
  expect(isChanged(charts, saved)).toBe(false);
  expect(isChanged({ ...charts, hidden: [] }, saved)).toBe(true);
  expect(isChanged({ ...charts, mode: "table" }, saved)).toBe(true);
  expect(readRunView({ view: "v1" }, [saved])).toMatchObject({ mode: "charts", hidden: ["r3"], charts: { x: "time" } });
});

test("reads an empty query as the default view, and writes the default view as an empty query", () => {
  const plain = readRunView({});
  expect(plain).toEqual({
    mode: "table",
    q: "",
    sort: undefined,
    columns: undefined,
    pinned: [],
    widths: {},
    groupBy: undefined,
    opened: [],
    isTrash: false,
    viewId: undefined,
    page: 1,
    pagePosition: undefined,
    selected: [],
    hidden: [],
    charts: {},
  });
  expect(runViewHref("/experiments/7", plain)).toBe("/experiments/7");
});

test("drops the cursor of a page with the page number", () => {
  expect(readRunView({ page: "1", after: "token" }).pagePosition).toBeUndefined();
  expect(runViewHref("/e", { ...full, page: 1 })).not.toContain("before");
});

test.each(["0", "-2", "1.5", "x", ""])("treats page %j as the first page", (page) => {
  expect(readRunView({ page }).page).toBe(1);
});

test("reverses the order on a second click on a header, and returns to the first page", () => {
  expect(sortedBy(full, "metrics.val_accuracy", "descending")).toMatchObject({
    page: 1,
    sort: { column: "metrics.val_accuracy", descending: false },
  });
  expect(sortedBy(full, "started", "descending").sort).toEqual({ column: "started", descending: true });
  expect(sortedBy(full, "params.lr", "ascending").sort).toEqual({ column: "params.lr", descending: false });
});

test("ignores invalid widths", () => {
  expect(readRunView({ widths: "status:90,took:x,by:3,:80,commit" }).widths).toEqual({ status: 90 });
});

const saved = {
  id: "v1",
  name: "Good ones",
  isOwn: false,
  createdBy: "priya",
  updatedAt: 1,
  state: { filter: "metrics.acc > 0.9", sort: { column: "started", descending: true }, pinned: ["status"] },
};

test("applies a saved view named in the URL, and overrides it with an explicit filter", () => {
  const view = readRunView({ view: "v1", page: "2" }, [saved]);
  expect(view).toMatchObject({ q: "metrics.acc > 0.9", sort: saved.state.sort, pinned: ["status"], page: 2 });
  expect(isChanged(view, saved)).toBe(false);
  const cleared = new URL(runViewHref("/e", { ...view, q: "" }), "http://leeway.test").searchParams;
  expect(readRunView(Object.fromEntries(cleared), [saved])).toMatchObject({ q: "", viewId: "v1", pinned: ["status"] });
});

test("marks a view as changed only by properties that it stores", () => {
  const view = readRunView({ view: "v1" }, [saved]);
  expect(isChanged({ ...view, page: 3, selected: ["r1"], opened: ["a"] }, saved)).toBe(false);
  expect(isChanged({ ...view, groupBy: "params.lr" }, saved)).toBe(true);
  expect(isChanged({ ...view, widths: { status: 80 } }, saved)).toBe(true);
  const wide = { ...saved, state: { ...saved.state, widths: { a: 80, b: 90 } } };
  expect(isChanged({ ...view, widths: { b: 90, a: 80 } }, wide)).toBe(false);
  expect(toState(view)).toEqual(saved.state);
});
