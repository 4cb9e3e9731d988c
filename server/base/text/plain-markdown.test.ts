import { expect, it } from "vitest";
import { plainMarkdown } from "./plain-markdown.ts";

it("keeps the texts of links and drops emphasis", () => {
  expect(plainMarkdown("Open **[the board](/on-call)**, then [roll back](/x) it [now]")).toBe(
    "Open the board, then roll back it [now]",
  );
});
