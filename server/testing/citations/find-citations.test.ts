import { expect, test } from "vitest";
import {
  findBareSections,
  findCitations,
  findLinks,
  findSourcePaths,
  headingAnchors,
  headingNumbers,
} from "./find-citations.ts";

test("finds documents with their sections, even where a comment wraps", () => {
  const source = [
    "/** Null of the statistic (docs/spec/drift.md section 6.6). */",
    "/**",
    " * Bands and periods (docs/spec/slo.md sections 1,",
    " * 2.1 and 7); see ARCHITECTURE.md.",
    " */",
    "// Noise floor: docs/spec/drift.md",
    "// section 6.9.",
  ].join("\n");
  expect(findCitations(source)).toEqual([
    { path: "docs/spec/drift.md", sections: ["6.6"], line: 1 },
    { path: "docs/spec/slo.md", sections: ["1", "2.1", "7"], line: 3 },
    { path: "ARCHITECTURE.md", sections: [], line: 4 },
    { path: "docs/spec/drift.md", sections: ["6.9"], line: 6 },
  ]);
});

test("finds documents in strings, but not file names used as data", () => {
  expect(findCitations('test("as docs/spec/drift.md section 7 says", …)')).toHaveLength(1);
  expect(findCitations('readFileSync("docs/spec/drift.md")')).toHaveLength(1);
  expect(findCitations('["LICENSE", "licence.md"]; "/incidents/7/post-mortem.md"')).toEqual([]);
  expect(findCitations("see https://example.com/docs/guide.md")).toEqual([]);
});

test("finds the section after a link", () => {
  const linked = "as in [drift.md](drift.md) section 7";
  expect(findCitations(linked)).toEqual([{ path: "drift.md", sections: ["7"], line: 1 }]);
  expect(findBareSections(linked)).toEqual([]);
});

test("finds sections without a document, but not those of publications", () => {
  expect(findBareSections("// Sections 3 and 4 of the contract")).toEqual([{ section: "3", line: 1 }]);
  expect(findBareSections("\n// as the table of section 19 has it")).toEqual([{ section: "19", line: 2 }]);
  expect(findBareSections("// the coding, section 6 of the wire contract")).toHaveLength(1);
  expect(findBareSections("// docs/spec/slo.md section 7; RFC 9110, section 14; PNG: RFC 2083 section 3.1")).toEqual(
    [],
  );
  expect(findBareSections("// Kleinrock, Queueing Systems I (1975), section 3.5")).toEqual([]);
});

test("reads headings as numbers and as anchors", () => {
  const markdown = "# Drift\n\n## 6 Calibrated tests\n\n### 6.6 Exact null: how far?\n";
  expect([...headingNumbers(markdown)]).toEqual(["6", "6.6"]);
  expect([...headingAnchors(markdown)]).toEqual(["drift", "6-calibrated-tests", "66-exact-null-how-far"]);
});

test("finds only relative links", () => {
  const markdown = "[a](slo.md#7-policy) [b](https://example.com) [c](#top) [d](/api/v1/docs)";
  expect(findLinks(markdown)).toEqual([
    { target: "slo.md#7-policy", line: 1 },
    { target: "#top", line: 1 },
  ]);
});

test("finds source paths in backticks, but not those with a placeholder", () => {
  expect(
    findSourcePaths("The pool\n(`server/serve/pool`), `db/schema/`, `server/<floor>/stored`, `npm start`"),
  ).toEqual([
    { path: "server/serve/pool", line: 2 },
    { path: "db/schema/", line: 2 },
  ]);
});
