import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circles, floorOf, floors, upwardImports } from "./floors.ts";
import { importLines } from "./import-lines.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** Files of the product: tests and their helpers may import everything. */
const files = readdirSync(join(root, "server"), { recursive: true, encoding: "utf8" })
  .map((path) => `server/${path}`)
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith("server/testing/"));
const lines = files.flatMap((file) => importLines(file, readFileSync(join(root, file), "utf8")));

describe("server layers", () => {
  test("assigns every file to a layer", () => {
    expect(files.length).toBeGreaterThan(1000);
    for (const file of files) expect(floorOf(file)).not.toBe("testing");
  });

  test("has no import from a higher layer", () => {
    expect(lines.length).toBeGreaterThan(5000);
    expect(upwardImports(lines)).toEqual([]);
  });

  test("has no circular imports between folders of one layer", () => {
    expect(circles(lines)).toEqual([]);
  });
});

describe("component layers", () => {
  const files = readdirSync(join(root, "components"), { recursive: true, encoding: "utf8" })
    .map((path) => `components/${path}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path));
  const sources = files.map((file) => ({ file, source: readFileSync(join(root, file), "utf8") }));
  const lines = sources.flatMap(({ file, source }) => importLines(file, source));

  test("has no import from a higher layer and no circular imports", () => {
    expect(lines.length).toBeGreaterThan(1000);
    expect(upwardImports(lines)).toEqual([]);
    expect(circles(lines)).toEqual([]);
  });

  test("imports no contract of a higher layer", () => {
    const above = sources.flatMap(({ file, source }) => {
      const floor = floors.indexOf(floorOf(file));
      // Components outside the floors have no domain terms of their own; the shell's palette covers the complete console.
      if (floor < 0) return [];
      return importLines("server/component.ts", source)
        .filter(({ target }) => floors.indexOf(target.split("/")[1] ?? "") > floor)
        .map(({ line, target }) => `${file}:${line} imports ${target}`);
    });
    expect(above).toEqual([]);
  });
});

test("forbids imports from higher layers in Biome", () => {
  const { overrides } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const text = (override: object) => JSON.stringify(override);
  // Statistics import nothing at all, and test machinery everything.
  for (const floor of floors.slice(1, -1)) {
    const above = floors.slice(floors.indexOf(floor) + 1).join(",");
    const own = overrides.filter(
      ({ includes }: { includes: string[] }) =>
        includes.includes(`server/${floor}/**`) || includes.includes(`server/${floor}/*/**`),
    );
    const forbidden = above.includes(",") ? `#server/{${above}}/**` : `#server/${above}/**`;
    expect(own.filter((override: object) => text(override).includes(forbidden))).toHaveLength(1);
  }
});

describe("import lines", () => {
  test("reads imports with their targets in every import syntax", () => {
    const source = `import { a } from "#server/base/a.ts";
import type { B } from "../gpu/b.ts";
import "./c.ts";
import { readFileSync } from "node:fs";
import { users } from "#db/schema/index.ts";
// import { d } from "./commented.ts";
 * from "./told.ts"
export { e } from "./e.ts";
const f = await import("./f.ts");
`;
    expect(importLines("server/serve/pool/x.ts", source)).toEqual([
      { file: "server/serve/pool/x.ts", line: 1, target: "server/base/a.ts" },
      { file: "server/serve/pool/x.ts", line: 2, target: "server/serve/gpu/b.ts" },
      { file: "server/serve/pool/x.ts", line: 3, target: "server/serve/pool/c.ts" },
      { file: "server/serve/pool/x.ts", line: 8, target: "server/serve/pool/e.ts" },
      { file: "server/serve/pool/x.ts", line: 9, target: "server/serve/pool/f.ts" },
    ]);
  });

  test("reports imports from a higher layer with file, import and layer, but none within or below", () => {
    const up = { file: "server/serve/pool/x.ts", line: 3, target: "server/watch/slo/y.ts" };
    const down = { file: "server/watch/slo/y.ts", line: 1, target: "server/serve/pool/x.ts" };
    const along = { file: "server/serve/pool/x.ts", line: 1, target: "server/serve/gpu/z.ts" };
    expect(upwardImports([up, down, along])).toEqual([
      "server/serve/pool/x.ts:3 is on the floor serve and imports server/watch/slo/y.ts, which is above it on watch.",
    ]);
    expect(upwardImports([{ ...down, target: "server/main.ts" }])).toHaveLength(1);
    expect(() => upwardImports([{ ...down, target: "server/other/y.ts" }])).toThrow("server/other/y.ts is on no floor");
  });

  test("reports the shortest circular import, including through a third folder or the root of the layer", () => {
    const line = (file: string, target: string) => ({ file, line: 1, target });
    const there = line("server/serve/pool/a.ts", "server/serve/gpu/b.ts");
    const further = line("server/serve/gpu/b.ts", "server/serve/lookups.ts");
    const back = line("server/serve/lookups.ts", "server/serve/pool/a.ts");
    const aside = line("server/serve/cache/c.ts", "server/serve/pool/a.ts");
    expect(circles([there, further, aside])).toEqual([]);
    expect(circles([there, further, back, aside])).toEqual([
      `serve/pool → serve/gpu → serve → serve/pool:
  server/serve/pool/a.ts:1 imports server/serve/gpu/b.ts
  server/serve/gpu/b.ts:1 imports server/serve/lookups.ts
  server/serve/lookups.ts:1 imports server/serve/pool/a.ts`,
    ]);
    const shorter = line("server/serve/gpu/d.ts", "server/serve/pool/a.ts");
    expect(circles([there, further, back, aside, shorter])).toEqual([
      `serve/pool → serve/gpu → serve/pool:
  server/serve/pool/a.ts:1 imports server/serve/gpu/b.ts
  server/serve/gpu/d.ts:1 imports server/serve/pool/a.ts`,
    ]);
    const otherFloor = line("server/watch/pool/a.ts", "server/watch/gpu/b.ts");
    expect(circles([otherFloor, line("server/serve/gpu/b.ts", "server/serve/pool/a.ts")])).toEqual([]);
  });
});
