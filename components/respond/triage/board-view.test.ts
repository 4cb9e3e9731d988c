import { expect, test } from "vitest";
import {
  boardHref,
  boardRange,
  isNamed,
  isOldAddress,
  keepInPlace,
  nextAfter,
  triageRange,
  viewOf,
} from "./board-view.ts";

const groupId = "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01";

test("round-trips a view through its URL, and ignores invalid parameters", () => {
  const range = { from: "2027-01-15T07:00:00Z", to: "2027-01-15T08:00:00Z", back: "24h" };
  const view = { incident: 7, filter: "pages", range } as const;
  expect(boardHref(view)).toBe(
    "/on-call/INC-7?queue=pages&from=2027-01-15T07%3A00%3A00Z&to=2027-01-15T08%3A00%3A00Z&back=24h",
  );
  expect(readHref(boardHref(view))).toEqual(view);
  const ticket = { groupId, filter: "all", range: { range: "15m" } } as const;
  expect(boardHref(ticket)).toBe(`/on-call?ticket=${groupId}&range=15m`);
  expect(readHref(boardHref(ticket))).toEqual(ticket);
  const ofTeam = { filter: "all", team: groupId, range: {} } as const;
  expect(boardHref(ofTeam)).toBe(`/on-call?team=${groupId}`);
  expect(readHref(boardHref(ofTeam))).toEqual(ofTeam);
  expect(boardHref({ filter: "all", range: {} })).toBe("/on-call");
  expect(readHref("/on-call/INC-x?queue=x&until=soon")).toEqual({ filter: "all", range: {} });
});

test("reads addresses of earlier releases, which named what is selected in the query", () => {
  expect(readHref(`/on-call?group=${groupId}`)).toMatchObject({ groupId });
  expect(readHref(`/on-call?incident=INC-12&group=${groupId}`)).toMatchObject({ incident: 12 });
  const queries = ["incident=7", `group=${groupId}`, "until=1", `ticket=${groupId}`];
  expect(queries.map((query) => isOldAddress(new URLSearchParams(query)))).toEqual([true, true, true, false]);
});

test("reads the end and the length of a range, as earlier releases addressed it, as two moments", () => {
  expect(readHref("/on-call/INC-7?range=6h&until=1800000000000").range).toEqual({
    from: "2027-01-15T02:00:00Z",
    to: "2027-01-15T08:00:00Z",
  });
  expect(readHref("/on-call?until=1800000000000").range.from).toBe("2027-01-15T06:00:00Z");
  expect(readHref("/on-call?until=1e300").range).toEqual({});
});

test("shows the range of the address as the tabs of endpoints do, one hour without one", () => {
  const shown = (range: Record<string, string>, deployedAt?: number) => boardRange({ range }, deployedAt, now);
  expect(shown({}).label).toBe("1 h");
  expect(shown({ range: "6h" }).label).toBe("24 h");
  expect(shown({ range: "30d" }).label).toBe("7 d");
  expect(shown({ since: "deploy" }, now - 42 * 60_000)).toMatchObject({ label: "42 min" });
  expect(shown({ since: "deploy" }).label).toBe("1 h");
});

test("leaves the time since the deployment of what is selected to the server", () => {
  expect(triageRange({ range: {} }, now)).toEqual({ minutes: 60 });
  expect(triageRange({ range: { since: "deploy" } }, now)).toEqual({ minutes: 60, since: "deploy" });
  const range = { from: "2027-01-15T02:00:00Z", to: "2027-01-15T08:00:00Z" };
  expect(triageRange({ range }, now)).toEqual({ minutes: 360, until: new Date(now) });
});

const now = 1_800_000_000_000;

function readHref(href: string) {
  const { pathname, searchParams } = new URL(href, "http://leeway");
  return viewOf(pathname, searchParams);
}

test("identifies a row by its incident or its group", () => {
  const row = { id: "i", groupId, incident: { number: 7 } };
  expect([isNamed(row, { incident: 7 }), isNamed(row, { incident: 8 })]).toEqual([true, false]);
  expect([isNamed(row, { groupId }), isNamed({ ...row, groupId: null }, {})]).toEqual([true, false]);
});

test("keeps the focused row in place while the others are sorted around it", () => {
  const rows = ["d", "a", "b", "c"].map((id) => ({ id }));
  const order = (focus: string | undefined) =>
    keepInPlace(["a", "b", "c"], rows, focus)
      .map(({ id }) => id)
      .join("");
  expect(order("a")).toBe("adbc");
  expect(order("c")).toBe("dacb");
  expect(order(undefined)).toBe("dabc");
  expect(order("gone")).toBe("dabc");
});

test("selects the row that replaces a removed one, or the last one at the end", () => {
  const rows = [{ id: "a" }, { id: "c" }];
  expect(nextAfter(["a", "b", "c"], rows, "b")).toEqual({ id: "c" });
  expect(nextAfter(["a", "c", "b"], rows, "b")).toEqual({ id: "c" });
  expect(nextAfter(["a"], [], "a")).toBeUndefined();
});
