import { z } from "zod";
import { lineageKinds } from "#server/develop/lineage/contract.ts";

const Kind = z.enum(lineageKinds);
const directions = ["both", "made-from", "went-into"] as const;

export const WalkLineage = z.object({
  kind: Kind,
  id: z
    .string()
    .min(1, "Enter an ID.")
    .max(700)
    .describe(
      "ID of an endpoint, model version, run, job, cycle, training set, label project or prediction; name of a feature view or source; fingerprint of an alert; name@digest of a dataset version; endpoint-id/version-id of a deployment or its predictions.",
    ),
  direction: z.enum(directions).default("both"),
});
export type WalkLineage = z.input<typeof WalkLineage>;

const LineageKey = z.object({ kind: Kind, id: z.string() });
export type LineageKey = z.infer<typeof LineageKey>;

const LineageNode = LineageKey.extend({
  title: z.string(),
  /** A few words on it; "" for none. */
  detail: z.string(),
  /** Of a dataset version. */
  digest: z.string().nullable(),
  /** When it was made, deployed or started, and when it ended; of predictions the first and the last hour with requests. */
  since: z.date().nullable(),
  until: z.date().nullable(),
  /** Requests that predictions stand for, failed ones included; null for other kinds. */
  requests: z.number().int().nullable(),
  /** Path of its page in the console; null if it was deleted. */
  href: z.string().nullable(),
  isDeleted: z.boolean(),
});
export type LineageNode = z.infer<typeof LineageNode>;

const LineageEdge = z.object({
  made: LineageKey,
  /** What it was made from. */
  source: LineageKey,
  detail: z.string(),
});
export type LineageEdge = z.infer<typeof LineageEdge>;

/** Neighbours of a node that a walk leaves out. */
const LineageMore = z.object({ of: LineageKey, kind: Kind, count: z.number().int() });
export type LineageMore = z.infer<typeof LineageMore>;

const LineageBranch = z.object({
  /** By level, which is the number of edges to the start. */
  nodes: z.array(LineageNode.extend({ level: z.number().int() })),
  edges: z.array(LineageEdge),
  more: z.array(LineageMore),
  /** Whether it ends because it has as many nodes or levels as a walk may have. */
  isCut: z.boolean(),
});
export type LineageBranch = z.infer<typeof LineageBranch>;

export const LineageWalk = z.object({
  start: LineageNode,
  /** Null where the other direction was asked for. */
  madeFrom: LineageBranch.nullable(),
  wentInto: LineageBranch.nullable(),
});
export type LineageWalk = z.infer<typeof LineageWalk>;
