import { expect, test } from "vitest";
import { nbsp } from "#components/ui/format.ts";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import type { LineageBranch, LineageNode } from "#server/report/lineage/contract.ts";
import { lineageSections, lineageSentence } from "./lineage-sections.ts";

const node = (kind: LineageKind, id: string, more: Partial<LineageNode> = {}): LineageNode => ({
  kind,
  id,
  title: id,
  detail: "",
  digest: null,
  since: null,
  until: null,
  requests: null,
  href: `/${id}`,
  isDeleted: false,
  ...more,
});
const branchOf = (nodes: LineageNode[], more: Partial<LineageBranch> = {}): LineageBranch => ({
  nodes: nodes.map((each, at) => ({ ...each, level: at + 1 })),
  edges: [],
  more: [],
  isCut: false,
  ...more,
});

test("groups by kind, nearest first, and says what links a node to those before it", () => {
  const start = node("version", "churn v3");
  const [run, rows] = [node("run", "r"), node("dataset-version", "rows", { digest: "5f0c" })];
  const branch = branchOf([run, rows], {
    edges: [
      { made: start, source: run, detail: "" },
      { made: run, source: rows, detail: "training" },
      { made: start, source: rows, detail: "" },
    ],
    more: [{ of: run, kind: "dataset-version", count: 17 }],
  });
  expect(lineageSections(start, branch, "into")).toEqual([
    { kind: "run", label: "Run", rows: [{ node: branch.nodes[0], link: "" }], more: [] },
    {
      kind: "dataset-version",
      label: "Dataset version",
      rows: [{ node: branch.nodes[1], link: "into run r (training)" }],
      more: ["17 more, into run r"],
    },
  ]);
});

test("names three neighbours and counts the others", () => {
  const start = node("dataset-version", "rows", { digest: "5f0c" });
  const runs = ["a", "b", "c", "d", "e"].map((id) => node("run", id));
  const version = node("version", "v");
  const edges = runs.map((run) => ({ made: version, source: run, detail: "" }));
  const sections = lineageSections(start, branchOf([...runs, version], { edges }), "from");
  expect(sections[1]?.rows[0]?.link).toBe("from run a, from run b, from run c, 2 more");
});

test("says what it found", () => {
  const start = node("version", "churn v3");
  const madeFrom = branchOf([node("dataset-version", "rows")]);
  const wentInto = branchOf([node("predictions", "a", { requests: 1200 }), node("predictions", "b", { requests: 34 })]);
  expect(lineageSentence({ start, madeFrom, wentInto })).toBe(
    `Created from 1${nbsp}dataset version. Used in the predictions for 1,234${nbsp}requests.`,
  );
  expect(lineageSentence({ start, madeFrom: branchOf([]), wentInto: null })).toBe("");
});
