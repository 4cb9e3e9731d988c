import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cases } from "./cases.ts";

const folder = new URL(".", import.meta.url);
/** Every quoted text of the tests of this folder: titles, and first members of tables that titles are made of. */
const titles = readdirSync(folder)
  .filter((name) => name.endsWith(".db.test.ts"))
  .flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/"([^"\n]+)"/g)].map(([, text = ""]) => text),
  );
/** A title may name several cases and say more: "a, b: in words". */
const tested = new Set(titles.flatMap((title) => title.split(/[ ,:]+/)));

const namesIn = (group: string) => group.trim().split(/\s+/);

test.each(Object.entries(cases))("every case of %s is tested under its name", (_group, names) => {
  expect(namesIn(names).filter((name) => !tested.has(name))).toEqual([]);
});

test("no case is listed twice, and there are those of the contract", () => {
  const names = Object.values(cases).flatMap(namesIn);
  expect(names.length).toBe(169);
  expect(names.length).toBe(new Set(names).size);
});
