import { expect, test } from "vitest";
import { boardHref, isNamed, isOldAddress, keepInPlace, nextAfter, shifted, viewOf } from "./board-view.ts";

const groupId = "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a01";

test("round-trips a view through its URL, and ignores invalid parameters", () => {
  const view = { incident: 7, filter: "pages", minutes: 360, until: 1_800_000_000_000 } as const;
  expect(boardHref(view)).toBe("/on-call/INC-7?queue=pages&range=6h&until=1800000000000");
  expect(readHref(boardHref(view))).toEqual(view);
  const ticket = { groupId, filter: "all", minutes: 60 } as const;
  expect(boardHref(ticket)).toBe(`/on-call?ticket=${groupId}&range=1h`);
  expect(readHref(boardHref(ticket))).toEqual(ticket);
  expect(boardHref({ filter: "all", minutes: 120 })).toBe("/on-call");
  expect(readHref("/on-call/INC-x?queue=x&range=5y&until=soon")).toEqual({ filter: "all", minutes: 120 });
});

test("reads addresses of earlier releases, which named what is selected in the query", () => {
  expect(readHref(`/on-call?group=${groupId}`)).toMatchObject({ groupId });
  expect(readHref(`/on-call?incident=INC-12&group=${groupId}`)).toMatchObject({ incident: 12 });
  const queries = ["incident=7", `group=${groupId}`, `ticket=${groupId}`].map((query) => new URLSearchParams(query));
  expect(queries.map(isOldAddress)).toEqual([true, true, false]);
});

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

test("shifts the time by half a range, never past now", () => {
  const now = 1_800_000_000_000;
  expect(shifted({ minutes: 60 }, -1, now)).toBe(now - 1_800_000);
  expect(shifted({ minutes: 60, until: now - 1_800_000 }, 1, now)).toBeUndefined();
});
