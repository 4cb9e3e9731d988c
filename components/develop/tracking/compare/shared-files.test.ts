import { expect, test } from "vitest";
import { firstShown, sharedFiles } from "./shared-files.ts";

const files = (...paths: string[]) => ({
  runId: paths.join(),
  files: paths.map((path) => ({ path, sizeBytes: 1 })),
  isCut: false,
});

test("lists the most shared paths first, then images, text and files without a preview", () => {
  const all = [
    files("notes.txt", "plots/a.png", "weights.bin"),
    files("plots/a.png", "weights.bin"),
    files("weights.bin"),
  ];
  expect(sharedFiles(all)).toEqual([
    { path: "weights.bin", runs: 3 },
    { path: "plots/a.png", runs: 2 },
    { path: "notes.txt", runs: 1 },
  ]);
  expect(firstShown(sharedFiles(all))).toBe("plots/a.png");
  expect(firstShown(sharedFiles([files("a.txt", "b.bin"), files("a.txt", "b.bin")]))).toBe("a.txt");
  expect(firstShown(sharedFiles([files("b.bin")]))).toBe("b.bin");
  expect(firstShown([])).toBe("");
});
