import { expect, test } from "vitest";
import { listedGuides } from "./listed-guides.ts";

test("lists the guides of the index in its order, without links that leave the console", () => {
  const index = "- [SLOs](slos.md): objectives\n- [Roll out](roll-out.md)\n\nSee [changes](../CHANGELOG.md).\n";
  expect(listedGuides(index, ["README", "roll-out", "slos"])).toEqual([
    { href: "/help/slos", title: "SLOs" },
    { href: "/help/roll-out", title: "Roll out" },
  ]);
});
