import { expect, test } from "vitest";
import type { Counts, Import, ImportItem } from "#server/admin/transfer/contract.ts";
import { describeImported, hrefOf, importSentence, nameOf } from "./text.ts";

const none: Counts = {
  experiments: 0,
  runs: 0,
  loggedModels: 0,
  versions: 0,
  unchanged: 0,
  withProblems: 0,
  points: 0,
  files: 0,
  bytes: 0,
};

const plain = (text: string) => text.replaceAll("\u00a0", " ");

function sentence(state: Import["state"], counts: Partial<Counts>, message: string | null = null): string {
  return plain(importSentence({ state, message, counts: { ...none, ...counts } } as Import));
}

test("describes imported counts and omits those that are zero", () => {
  expect(plain(describeImported({ ...none, runs: 1, points: 1200, files: 2, bytes: 4_200_000 }))).toBe(
    "1 run, 1,200 metric points, 2 files, 4.2 MB",
  );
  expect(describeImported(none)).toBe("nothing yet");
});

test("describes each outcome of an import", () => {
  expect(sentence("done", { runs: 3, unchanged: 2, withProblems: 1 })).toBe(
    "Imported: 3 runs. 2 items unchanged since the last import. 1 item with problems, listed below.",
  );
  expect(sentence("failed", { runs: 3 }, "The server fell silent.")).toBe(
    "The server fell silent. Imported so far: 3 runs. Start a new import to continue.",
  );
  expect(sentence("running", {})).toBe("Imported so far: nothing yet.");
});

test("links versions and experiments to their local pages", () => {
  const item = (kind: ImportItem["kind"], sourceId: string, localId: string | null) =>
    ({ kind, sourceId, localId }) as ImportItem;
  expect(hrefOf(item("version", "flight delay/1/99", "flight delay/3"))).toBe("/models/flight%20delay/v3");
  expect(nameOf(item("version", "flight delay/1/99", "flight delay/3"))).toBe("flight delay v1");
  expect(hrefOf(item("experiment", "7", "12"))).toBe("/experiments/12");
  expect(hrefOf(item("run", "a", null))).toBeUndefined();
});
