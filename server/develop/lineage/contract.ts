import type { ViewSource } from "#server/develop/features/contract.ts";

/** Where rows of a view come from. */
export interface LineageSource {
  name: string;
  kind: ViewSource["kind"];
  /** Dataset that it reads, and the version if it names one. */
  dataset: { name: string; digest: string | null } | null;
}

/** What a feature view is made from and what uses it. Each list by name. */
export interface ViewLineage {
  sources: LineageSource[];
  /** Other views whose features its expressions read. */
  inputs: string[];
  /** Other views whose expressions read its features. */
  readers: { name: string; features: string[] }[];
  services: { name: string; features: string[] }[];
  versions: { id: string; model: string; version: number; viewVersion: number; features: string[] }[];
  endpoints: { id: string; name: string; features: string[] }[];
  /** Dataset versions that training sets with its features became, newest first. */
  trainingSets: { dataset: string; digest: string; viewVersion: number; features: string[]; createdAt: Date }[];
}

/** What views are linked to: a dataset by name; a model version or an endpoint by id. */
export interface ListLinkedViews {
  kind: "dataset" | "model-version" | "endpoint";
  id: string;
}

/** A view that reads a dataset, or that something uses. */
export interface LinkedView {
  view: string;
  /** Whether rows of the view come from the dataset. */
  isFrom: boolean;
  /** Features that are used; none of a view that only reads the dataset. */
  features: string[];
  /** By what: "churn v3", the digest of a version of the dataset; null for what uses the view itself. */
  through: string | null;
}

/** Kinds of things between data and predictions, each with the id that names it in a walk of the lineage. */
export const lineageKinds = [
  /** Fingerprint. */
  "alert",
  "endpoint",
  /** A version on an endpoint: "<endpoint id>/<version id>". */
  "deployment",
  /** Requests that a version served on an endpoint: "<endpoint id>/<version id>". */
  "predictions",
  "prediction",
  /** Id of a model version. */
  "version",
  "run",
  "job",
  "cycle",
  /** "<name>@<digest>". */
  "dataset-version",
  "label-project",
  "training-set",
  /** Name. */
  "feature-view",
  /** Name of a source of feature views. */
  "source",
] as const;
export type LineageKind = (typeof lineageKinds)[number];
