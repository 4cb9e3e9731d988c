import { expect, test } from "vitest";
import { type Place, withPlace } from "./recent-places.ts";

const place = (href: string, at: number): Place => ({ href, label: href, area: "", at });

test("moves a place that is opened again to the front", () => {
  const places = withPlace([place("/a", 2), place("/b", 1)], place("/b", 3));
  expect(places.map(({ href, at }) => [href, at])).toEqual([
    ["/b", 3],
    ["/a", 2],
  ]);
});

test("drops the oldest of too many places", () => {
  let places: Place[] = [];
  for (let at = 0; at < 50; at++) places = withPlace(places, place(`/${at}`, at));
  expect(places).toHaveLength(40);
  expect(places.at(-1)?.href).toBe("/10");
});
