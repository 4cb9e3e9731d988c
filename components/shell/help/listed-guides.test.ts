import { expect, test } from "vitest";
import { listedGuides } from "./listed-guides.ts";

const link = (title: string, page: string) => `[${title}](${page}.md)`;

test("lists the guides in the order of the index, without links that leave the console", () => {
  const index = `- ${link("SLOs", "slos")}: objectives\n- ${link("Roll out", "roll-out")}\n\nSee ${link("changes", "../CHANGES")}.\n`;
  expect(listedGuides(index, ["README", "roll-out", "slos"])).toEqual([
    { href: "/help/slos", title: "SLOs" },
    { href: "/help/roll-out", title: "Roll out" },
  ]);
});
