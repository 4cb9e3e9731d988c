import type { GatewayView, LoadedVersion } from "../gateways/contract.ts";
import type { Deployment, ServingState } from "./contract.ts";

const nbsp = "\u00a0";

interface Evaluated {
  archivedAt: Date | null;
  unloadedAt: Date | null;
  current: Pick<Deployment, "versionId"> | null;
}

/** Returns whether requests are served now, by the gateways' last reports; the message is for users. */
export function servingState(
  { archivedAt, unloadedAt, current }: Evaluated,
  gateways: readonly Pick<GatewayView, "isDraining" | "versions">[],
): ServingState {
  if (archivedAt) return { kind: "archived", message: "This endpoint no longer accepts requests." };
  if (!current) return { kind: "empty", message: "No version is deployed." };
  if (unloadedAt)
    return {
      kind: "unloaded",
      message: "Its versions are unloaded. Load it through the repository API, or deploy a version.",
    };
  const awake = gateways.filter((gateway) => !gateway.isDraining);
  if (awake.length === 0)
    return {
      kind: "no-gateway",
      message: "No gateway was active in the last 30\u00a0s, so requests fail. Start the gateway role.",
    };
  const loaded = awake.map(({ versions }) => versions.find((version) => version.versionId === current.versionId));
  const ready = loaded.filter((version) => version?.state === "ready").length;
  const cut = loaded.flatMap((version) => (version?.engine?.circuit === "open" ? version.engine : []));
  if (cut.length > 0) {
    const refused = `Requests are rejected; the engine is retried within 15${nbsp}s.`;
    const message = `${cut[0]?.message ?? "The external engine is failing."} ${refused}`;
    return { kind: cut.length === awake.length ? "failed" : "degraded", message };
  }
  if (ready === awake.length) return { kind: "serving", message: null };
  const failed = loaded.find((version) => version?.state === "failed");
  const isServing = ready > 0 || awake.some(({ versions }) => versions.some(servesMeanwhile));
  if (failed) {
    const message = `The version failed to load: ${failed.message ?? "see the gateway log"}`;
    return isServing
      ? { kind: "degraded", message: `${message} ${describeServing(ready, awake.length)}` }
      : { kind: "failed", message };
  }
  return {
    kind: "starting",
    message: isServing ? describeServing(ready, awake.length) : "Gateways are loading the version.",
  };
}

function servesMeanwhile(version: LoadedVersion): boolean {
  return version.isServing && version.state === "ready";
}

function describeServing(ready: number, all: number): string {
  return ready > 0
    ? `${ready} of ${all} gateways ${ready === 1 ? "is" : "are"} serving it.`
    : "The previous version keeps serving meanwhile.";
}
