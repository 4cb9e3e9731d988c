import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { featureServiceHref } from "#components/develop/addresses/feature-service-href.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import type { LineageColumn, LineageNode } from "#components/develop/registry/lineage/lineage-graph.ts";
import { plural } from "#components/ui/format.ts";
import type { FeatureView, ViewSource } from "#server/develop/features/contract.ts";
import type { ViewLineage } from "#server/develop/lineage/contract.ts";

const sourceKinds: Record<ViewSource["kind"], string> = {
  push: "push",
  file: "file",
  dataset: "dataset",
  sql: "SQL",
  predictions: "predictions",
  stored: "kept for Feast",
};

/** Returns the kind of a source in words. */
function describeSource({ kind }: Pick<ViewSource, "kind">): string {
  return sourceKinds[kind];
}

/** Builds the columns of what a view is made from and what uses it. */
export function viewLineageColumns(view: FeatureView, lineage: ViewLineage): LineageColumn[] {
  const { current, name } = view;
  const all = current.features.length + current.expressions.length;
  const of = (features: readonly string[]) => `${features.length} of ${plural(all, "feature")}`;
  return [
    { title: "Created from", nodes: orNone(originsOf(lineage), "source", "Rows by name", "written by REST or Feast") },
    {
      title: "View",
      nodes: [
        {
          id: `view ${name}`,
          kind: "view",
          isSubject: true,
          title: `${name} v${current.version}`,
          detail: plural(all, "feature"),
          href: featureViewHref(name),
        },
      ],
    },
    {
      title: "Used by",
      nodes: orNone(usersOf(lineage, of), "endpoint", "Nothing uses it", "it can be changed freely"),
    },
  ];
}

function originsOf({ sources, inputs }: ViewLineage): LineageNode[] {
  const found: LineageNode[] = sources.map(({ name, kind, dataset }) => ({
    id: `source ${name}`,
    kind: "source",
    title: name,
    detail: describeSource({ kind }),
    href: dataset ? datasetHref(dataset.name, dataset.digest ?? undefined) : undefined,
  }));
  const datasets = sources.flatMap(({ dataset }): LineageNode[] => {
    if (!dataset) return [];
    const { name, digest } = dataset;
    const detail = digest === null ? "each new version" : digest;
    return [
      { id: `dataset ${name}`, kind: "dataset", title: name, detail, href: datasetHref(name, digest ?? undefined) },
    ];
  });
  const views = inputs.map((name): LineageNode => {
    return {
      id: `input ${name}`,
      kind: "view",
      title: name,
      detail: "read by expressions",
      href: featureViewHref(name),
    };
  });
  return [...found, ...datasets, ...views];
}

function usersOf(lineage: ViewLineage, of: (features: readonly string[]) => string): LineageNode[] {
  const { endpoints, versions, services, readers, trainingSets } = lineage;
  return [
    ...endpoints.map(({ id, name, features }): LineageNode => {
      return {
        id,
        kind: "endpoint",
        title: name,
        detail: of(features),
        href: `/endpoints/${encodeURIComponent(name)}`,
      };
    }),
    ...versions.map(({ id, model, version, features }): LineageNode => {
      return {
        id,
        kind: "version",
        title: `${model} v${version}`,
        detail: of(features),
        href: versionHref(model, version),
      };
    }),
    ...services.map(({ name, features }): LineageNode => {
      const detail = `service, ${of(features)}`;
      return { id: `service ${name}`, kind: "service", title: name, detail, href: featureServiceHref(name) };
    }),
    ...readers.map(({ name, features }): LineageNode => {
      const detail = `reads ${features.join(", ")}`;
      return { id: `reader ${name}`, kind: "view", title: name, detail, href: featureViewHref(name) };
    }),
    ...trainingSets.map(({ dataset, digest, features }): LineageNode => {
      const detail = `training set, ${of(features)}`;
      const href = datasetHref(dataset, digest);
      return { id: `training set ${dataset} ${digest}`, kind: "dataset", title: dataset, detail, href };
    }),
  ];
}

function orNone(nodes: LineageNode[], kind: LineageNode["kind"], title: string, detail: string): LineageNode[] {
  return nodes.length > 0 ? nodes : [{ id: `no ${kind}`, kind, title, detail, isAbsent: true }];
}
