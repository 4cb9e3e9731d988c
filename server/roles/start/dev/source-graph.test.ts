import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SourceGraph } from "./source-graph.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "leeway-graph-"));
  mkdirSync(join(root, "server", "a"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, source: string) => writeFileSync(join(root, "server", name), source);
const reached = async (graph: SourceGraph) =>
  [...(await graph.reachableFrom(join(root, "server", "web.ts")))].map((file) => file.slice(root.length + 1)).sort();

test("follows imports by path and by prefix, dynamic imports and worker threads", async () => {
  write("web.ts", 'import { one } from "./a/one.ts";\nimport "pg";\nconst two = await import("#server/two.ts");\n');
  write("a/one.ts", 'export type { Three } from "../three.ts";\nnew URL("./worker.ts", import.meta.url);\n');
  write("two.ts", "");
  write("unused.ts", "");
  expect(await reached(new SourceGraph(root))).toEqual([
    "server/a/one.ts",
    "server/a/worker.ts",
    "server/three.ts",
    "server/two.ts",
    "server/web.ts",
  ]);
});

test("stops where files import each other", async () => {
  write("web.ts", 'import "./two.ts";');
  write("two.ts", 'import "./web.ts";');
  expect(await reached(new SourceGraph(root))).toEqual(["server/two.ts", "server/web.ts"]);
});

test("sees a new import only after the file is invalidated", async () => {
  write("web.ts", "");
  const graph = new SourceGraph(root);
  expect(await reached(graph)).toEqual(["server/web.ts"]);
  write("web.ts", 'import "./two.ts";');
  expect(await reached(graph)).toEqual(["server/web.ts"]);
  graph.invalidate(join(root, "server", "web.ts"));
  expect(await reached(graph)).toEqual(["server/two.ts", "server/web.ts"]);
});
