import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";

const folder = new URL("permissions/", import.meta.url);

test("no two commands or queries have one name, of which the last permission would win", async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith("-permissions.ts"));
  const groups = await Promise.all(files.map((name) => import(new URL(name, folder).href) as Promise<object>));
  const names = groups.flatMap((group) => Object.values(group)).flatMap((permissions) => Object.keys(permissions));
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
