import { expect, test } from "vitest";
import { purgeLines } from "./trash-text.ts";

const none = { runs: 0, loggedModels: 0, versions: 0, traces: 0, pointBytes: 0, files: 0, fileBytes: 0, usedBy: [] };

test("lists what is deleted with an experiment and omits what is absent", () => {
  const preview = { ...none, kind: "experiment" as const, id: "1", name: "e", runs: 2, traces: 1, pointBytes: 2000 };
  expect(purgeLines({ ...preview, files: 1, fileBytes: 5_000_000 }).map(({ value }) => value)).toEqual([
    "2\u00a0runs, 1\u00a0trace",
    "about 2\u00a0kB",
    "1\u00a0file, 5\u00a0MB; files used elsewhere are kept",
    "not possible",
  ]);
});

test("reports no files for a run without points and files", () => {
  expect(purgeLines({ ...none, kind: "run", id: "r", name: "r", runs: 1 })).toEqual([
    { label: "Files", value: "none" },
    { label: "Undo", value: "not possible" },
  ]);
});
