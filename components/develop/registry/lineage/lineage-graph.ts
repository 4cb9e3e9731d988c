import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";

export interface LineageNode {
  id: string;
  kind: "dataset" | "run" | "version" | "endpoint" | "source" | "view" | "service";
  title: string;
  detail: string;
  /** Path of the node's page; undefined if it has none. */
  href?: string | undefined;
  /** What the graph is about. */
  isSubject?: boolean;
  /** Says that something is absent: drawn with a dashed edge. */
  isAbsent?: boolean;
}

export interface LineageColumn {
  title: string;
  nodes: LineageNode[];
}

/** Nodes drawn per column; the table lists all. */
const maxNodes = 5;

/** Builds the columns, from left to right, of what a version was created from and where it serves. */
export function lineageColumns(version: VersionDetails): LineageColumn[] {
  const { lineage } = version;
  const { run } = lineage;
  const datasets = lineage.datasets.map((dataset): LineageNode => {
    const use = dataset.context ? `${dataset.context}, ` : "";
    return {
      id: `${dataset.name} ${dataset.digest}`,
      kind: "dataset",
      title: dataset.name,
      detail: use + dataset.digest,
      href: datasetHref(dataset.name, dataset.digest),
    };
  });
  const sources = lineage.models.map(
    (source): LineageNode => ({
      id: `version ${source.name} ${source.version}`,
      kind: "version",
      title: source.name,
      detail: `v${source.version}`,
      href: versionHref(source.name, source.version),
    }),
  );
  const endpoints = lineage.endpoints.map(
    (endpoint): LineageNode => ({
      id: endpoint.id,
      kind: "endpoint",
      title: endpoint.name,
      detail: `serves v${version.version}`,
      href: `/endpoints/${encodeURIComponent(endpoint.name)}`,
    }),
  );
  return [
    {
      title: sources.length > 0 ? "Versions and datasets" : "Datasets",
      nodes: orAbsent(
        [...sources, ...datasets],
        "dataset",
        "No dataset",
        run ? "none logged by this run" : "No run to name one",
      ),
    },
    {
      title: "Run",
      nodes: orAbsent(
        run ? [runNode(run)] : [],
        "run",
        "No run",
        version.runId ? "The run was deleted" : `Uploaded by ${version.userName || "a token"}`,
      ),
    },
    {
      title: "Version",
      nodes: [
        {
          id: version.id,
          kind: "version",
          isSubject: true,
          title: [`v${version.version}`, ...version.aliases].join(", "),
          detail: version.loggedModelId
            ? `from ${lineage.loggedModel?.name ?? version.loggedModelId}`
            : version.modelName,
          href: versionHref(version.modelName, version.version),
        },
      ],
    },
    { title: "Endpoints", nodes: orAbsent(endpoints, "endpoint", "No endpoint", "Not deployed") },
  ];
}

function runNode(run: NonNullable<VersionDetails["lineage"]["run"]>): LineageNode {
  return {
    id: run.id,
    kind: "run",
    title: run.name,
    detail: run.experimentName,
    href: runHref(run.experimentId, run.id),
  };
}

function orAbsent(nodes: LineageNode[], kind: LineageNode["kind"], title: string, detail: string): LineageNode[] {
  return nodes.length > 0 ? nodes : [{ id: `no ${kind}`, kind, title, detail, isAbsent: true }];
}

const nodeHeight = 54;
const nodeGap = 12;

/** Returns the nodes to draw, with "and 3 more" in place of the rest. */
export function drawnNodes(nodes: LineageNode[]): LineageNode[] {
  if (nodes.length <= maxNodes) return nodes;
  const shown = nodes.slice(0, maxNodes - 1);
  const [first] = nodes;
  const title = `and ${nodes.length - shown.length} more`;
  return [
    ...shown,
    { id: "more", kind: first?.kind ?? "dataset", title, detail: "see the table view", isAbsent: true },
  ];
}

/** Returns the height in pixels of the tallest column. */
export function graphHeight(counts: number[]): number {
  return columnHeight(Math.max(1, ...counts));
}

/** Returns the middle in pixels from the top of node `index` of a column of `count` nodes that is centred in `height`. */
export function nodeMiddle(index: number, count: number, height: number): number {
  return (height - columnHeight(count)) / 2 + index * (nodeHeight + nodeGap) + nodeHeight / 2;
}

function columnHeight(count: number): number {
  return count * nodeHeight + (count - 1) * nodeGap;
}
