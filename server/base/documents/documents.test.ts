import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { Documents } from "./documents.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-documents-"));
  await mkdir(join(folder, "docs", "spec"), { recursive: true });
  await writeFile(join(folder, "docs", "roll-out.md"), "# Roll out\n\nStep by step.\n");
  await writeFile(join(folder, "docs", "spec", "drift.md"), "# Drift\n");
  await writeFile(join(folder, "docs", "notes.txt"), "secret");
  await writeFile(join(folder, "outside.md"), "# Outside\n");
  return () => rm(folder, { recursive: true });
});

const documents = () => new Documents(join(folder, "docs"));

test("lists the guides and the specifications", async () => {
  expect((await documents().list()).toSorted()).toEqual(["roll-out", "spec/drift"]);
});

test("reads the title and the text of a guide", async () => {
  expect(await documents().read("roll-out")).toEqual({
    name: "roll-out",
    title: "Roll out",
    text: "\nStep by step.\n",
  });
});

test.each([
  "../outside",
  "spec/../../outside",
  "/etc/passwd",
  "notes.txt",
  "notes",
  "spec",
  "",
  "roll-out.md",
  "ROLL-OUT",
])("returns undefined for the name %j", async (name) => {
  expect(await documents().read(name)).toBeUndefined();
});
