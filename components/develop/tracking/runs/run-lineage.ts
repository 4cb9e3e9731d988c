import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import type { LineageColumn, LineageNode } from "#components/develop/registry/lineage/lineage-graph.ts";
import { plural } from "#components/ui/format.ts";
import type { Run, RunRelatives } from "#server/develop/tracking/runs/contract.ts";

/** Builds the inputs and outputs of a run as columns from left to right. */
export function runLineage(run: Run, { parent, children, models, versions }: RunRelatives): LineageColumn[] {
  const datasets = run.datasets.map(({ name, digest, tags }): LineageNode => {
    const use = tags.find(({ key }) => key === "mlflow.data.context")?.value;
    const detail = use ? `${use}, ${digest}` : digest;
    return { id: `${name} ${digest} ${use}`, kind: "dataset", title: name, detail, href: datasetHref(name, digest) };
  });
  const used = run.inputModelIds.map(
    (id): LineageNode => ({ id: `used ${id}`, kind: "version", title: id.slice(0, 14), detail: "input model" }),
  );
  const runs: LineageNode[] = [
    ...(parent
      ? [{ ...runNode(parent.id, parent.name, "parent run"), href: runHref(parent.experimentId, parent.id) }]
      : []),
    runNode(
      run.id,
      run.name,
      children.length > 0 ? `this run, started ${plural(children.length, "child run")}` : "this run",
    ),
  ];
  const logged = models.map(
    ({ id, name, type }): LineageNode => ({ id, kind: "version", title: name, detail: type || "logged model" }),
  );
  const registered = versions.map(
    ({ modelName, version }): LineageNode => ({
      id: `${modelName} ${version}`,
      kind: "version",
      title: `${modelName} v${version}`,
      detail: "registered",
      href: versionHref(modelName, version),
    }),
  );
  return [
    { title: "Input", nodes: orAbsent([...datasets, ...used], "dataset", "No dataset", "none logged by this run") },
    { title: "Runs", nodes: runs },
    { title: "Logged models", nodes: orAbsent(logged, "version", "No model", "none logged by this run") },
    { title: "Versions", nodes: orAbsent(registered, "version", "No version", "none registered from this run") },
  ];
}

function runNode(id: string, title: string, detail: string): LineageNode {
  return { id, kind: "run", title, detail };
}

function orAbsent(nodes: LineageNode[], kind: LineageNode["kind"], title: string, detail: string): LineageNode[] {
  return nodes.length > 0 ? nodes : [{ id: `no ${title}`, kind, title, detail, isAbsent: true }];
}
