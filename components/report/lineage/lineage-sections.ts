import { plural } from "#components/ui/format.ts";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import type { LineageBranch, LineageKey, LineageNode, LineageWalk } from "#server/report/lineage/contract.ts";

export const kindLabels: Record<LineageKind, { one: string; many: string }> = {
  alert: { one: "Alert", many: "Alerts" },
  endpoint: { one: "Endpoint", many: "Endpoints" },
  deployment: { one: "Deployment", many: "Deployments" },
  predictions: { one: "Predictions", many: "Predictions" },
  prediction: { one: "Prediction", many: "Predictions" },
  version: { one: "Model version", many: "Model versions" },
  run: { one: "Run", many: "Runs" },
  job: { one: "Training job", many: "Training jobs" },
  cycle: { one: "Retraining cycle", many: "Retraining cycles" },
  "dataset-version": { one: "Dataset version", many: "Dataset versions" },
  "label-project": { one: "Label project", many: "Label projects" },
  "training-set": { one: "Training set", many: "Training sets" },
  "feature-view": { one: "Feature view", many: "Feature views" },
  source: { one: "Source", many: "Sources" },
};

interface LineageRow {
  node: LineageNode;
  /** What links it to nodes nearer to the start: "into run v3-search (training)". */
  link: string;
}

/** Nodes of one kind. */
interface LineageSection {
  kind: LineageKind;
  label: string;
  rows: LineageRow[];
  /** What it leaves out: "17 more, into run v3-search". */
  more: string[];
}

/** Neighbours that a row names. */
const maxNamed = 3;
const keyOf = ({ kind, id }: LineageKey) => `${kind} ${id}`;

/** Groups one direction of a walk by kind, the kind that is nearest to the start first. */
export function lineageSections(
  start: LineageNode,
  branch: LineageBranch,
  direction: "into" | "from",
): LineageSection[] {
  const titleOf = new Map([start, ...branch.nodes].map((node) => [keyOf(node), nameOf(node)]));
  const edgesOf = Map.groupBy(branch.edges, ({ made, source }) => keyOf(direction === "into" ? source : made));
  const linkOf = (node: LineageNode) => {
    const links = (edgesOf.get(keyOf(node)) ?? []).map(({ made, source, detail }) => {
      const near = keyOf(direction === "into" ? made : source);
      // Without a detail, a link to the start says nothing that the page does not.
      if (near === keyOf(start)) return detail;
      return `${direction} ${titleOf.get(near) ?? ""}${detail && ` (${detail})`}`;
    });
    const named = links.filter(Boolean);
    const rest = named.length - maxNamed;
    return [...named.slice(0, maxNamed), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  };
  const kinds = new Set([...branch.nodes, ...branch.more].map(({ kind }) => kind));
  return [...kinds].map((kind) => {
    const nodes = branch.nodes.filter((node) => node.kind === kind);
    const { one, many } = kindLabels[kind];
    return {
      kind,
      label: nodes.length === 1 ? one : many,
      rows: nodes.map((node) => ({ node, link: linkOf(node) })),
      more: branch.more
        .filter((more) => more.kind === kind)
        .map(({ of, count }) => `${count} more, ${direction} ${titleOf.get(keyOf(of)) ?? ""}`),
    };
  });
}

function nameOf({ kind, title, digest }: LineageNode): string {
  return `${kindLabels[kind].one.toLowerCase()} ${title}${digest ? ` ${digest}` : ""}`;
}

/** Says in a sentence what a walk has found: the dataset versions behind its start, and the requests after it. */
export function lineageSentence({ madeFrom, wentInto }: LineageWalk): string {
  const datasets = madeFrom?.nodes.filter(({ kind }) => kind === "dataset-version").length ?? 0;
  const served = wentInto?.nodes.filter(({ kind }) => kind === "predictions") ?? [];
  const requests = served.reduce((sum, node) => sum + (node.requests ?? 0), 0);
  const parts = [
    datasets > 0 && `Created from ${plural(datasets, "dataset version")}.`,
    served.length > 0 && `Used in the predictions for ${plural(requests, "request")}.`,
  ];
  return parts.filter(Boolean).join(" ");
}
