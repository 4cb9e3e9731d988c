import type { GateStatus } from "../../../develop/registry/gates/contract.ts";
import type { Obstacle } from "../../../serve/rollout/contract.ts";
import type { VersionBlock } from "../../endpoints/blocks/contract.ts";
import type { StartChoice } from "./contract.ts";

interface Circumstances {
  /** Endpoints that fail now, with what their state says. */
  failing: readonly { name: string; reason: string | null }[];
  /** Its block on the endpoint; undefined without one. */
  block: VersionBlock | undefined;
  gates: readonly { title: string; status: GateStatus; words: string }[];
}

/**
 * Returns what speaks against a version, worst first: it fails on an endpoint now, was rolled back from this one, or has a failed gate.
 * A waived gate, and one that was not run, does not.
 * @param endpoints names of the endpoints that serve the version
 */
export function obstaclesOf(endpoints: readonly string[], { failing, block, gates }: Circumstances): Obstacle[] {
  const bad = failing.filter(({ name }) => endpoints.includes(name));
  const failed = gates.filter(({ status }) => status === "failed");
  return [
    ...bad.map(
      ({ name, reason }): Obstacle => ({
        kind: "failing",
        title: `Failing on ${name}`,
        detail: reason ?? "A page fires.",
      }),
    ),
    ...(block
      ? [
          {
            kind: "blocked" as const,
            title: "Blocked: rolled back here",
            detail: block.reason || `By ${block.blockedBy}.`,
          },
        ]
      : []),
    ...failed.map(({ title, words }): Obstacle => ({ kind: "gate", title: `Gate failed: ${title}`, detail: words })),
  ];
}

/**
 * Returns the version with which the form starts: the named one, else the newest of those after the serving version that has passed its
 * gates, else the newest of them. Nothing that an obstacle speaks against or that cannot be served, and no earlier version, is a default.
 * @param choices newest first
 */
export function defaultChoice(
  choices: readonly StartChoice[],
  named: { model: string; version: number } | undefined,
): StartChoice | undefined {
  const wanted = choices.find(({ model, version }) => model === named?.model && version === named.version);
  if (wanted && wanted.status !== "serving") return wanted;
  const serving = choices.find(({ status }) => status === "serving");
  const open = choices.filter(
    (each) =>
      each.status !== "serving" &&
      each.problem === undefined &&
      each.obstacles.length === 0 &&
      (!serving || each.model !== serving.model || each.version > serving.version),
  );
  const isDone = (status: GateStatus) => status === "passed" || status === "waived";
  return open.find(({ gates }) => gates.every(({ status }) => isDone(status))) ?? open[0];
}

/**
 * Returns the endpoint with which the form starts: one that serves an older version of its model than the newest, without a rollout; else
 * the first that serves. With a model, only endpoints that serve it; undefined if there are none.
 */
export function defaultEndpoint<Endpoint extends StartEndpoint>(
  endpoints: readonly Endpoint[],
  {
    model,
    newest,
    busy,
  }: { model?: string | undefined; newest: ReadonlyMap<string, number>; busy: ReadonlySet<string> },
): Endpoint | undefined {
  const serving = endpoints.filter(({ current }) => current !== null);
  const among = model === undefined ? serving : serving.filter(({ current }) => current?.modelName === model);
  const isBehind = ({ id, current }: StartEndpoint) =>
    current !== null && !busy.has(id) && (newest.get(current.modelName) ?? 0) > current.version;
  return among.find(isBehind) ?? among.find(({ id }) => !busy.has(id)) ?? among[0];
}

interface StartEndpoint {
  id: string;
  /** Null if nothing is deployed. */
  current: { modelName: string; version: number } | null;
}
