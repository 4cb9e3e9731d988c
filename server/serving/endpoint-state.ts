import type { Deployment, EndpointState } from "./contract.ts";
import type { GatewayView, LoadedVersion } from "./router/contract.ts";

const nbsp = "\u00a0";

interface Judged {
  archivedAt: Date | null;
  unloadedAt: Date | null;
  current: Pick<Deployment, "versionId"> | null;
}

/** Whether requests are answered now, by what the gateways last said; the message is for people. */
export function endpointState(
  { archivedAt, unloadedAt, current }: Judged,
  gateways: readonly Pick<GatewayView, "isDraining" | "versions">[],
): EndpointState {
  if (archivedAt) return { kind: "archived", message: "It answers no requests any more." };
  if (!current) return { kind: "empty", message: "No version is deployed." };
  if (unloadedAt)
    return { kind: "unloaded", message: "Its versions were unloaded. Load it through the repository API, or deploy." };
  const awake = gateways.filter((gateway) => !gateway.isDraining);
  if (awake.length === 0)
    return {
      kind: "no-gateway",
      message: "No gateway was heard of in the last 30 s, so nobody answers. Start the role gateway.",
    };
  const loaded = awake.map(({ versions }) => versions.find((version) => version.versionId === current.versionId));
  const ready = loaded.filter((version) => version?.state === "ready").length;
  const cut = loaded.flatMap((version) => (version?.engine?.circuit === "open" ? version.engine : []));
  if (cut.length > 0) {
    const refused = `Requests are refused meanwhile; the engine is tried again within 15${nbsp}s.`;
    const message = `${cut[0]?.message ?? "The engine fails."} ${refused}`;
    return { kind: cut.length === awake.length ? "failed" : "degraded", message };
  }
  if (ready === awake.length) return { kind: "serving", message: null };
  const failed = loaded.find((version) => version?.state === "failed");
  const answers = ready > 0 || awake.some(({ versions }) => versions.some(answersMeanwhile));
  if (failed) {
    const message = `The version could not be loaded: ${failed.message ?? "the gateway's log says why"}`;
    return answers
      ? { kind: "degraded", message: `${message} ${whoAnswers(ready, awake.length)}` }
      : { kind: "failed", message };
  }
  return { kind: "starting", message: answers ? whoAnswers(ready, awake.length) : "The gateways load the version." };
}

function answersMeanwhile(version: LoadedVersion): boolean {
  return version.isServing && version.state === "ready";
}

function whoAnswers(ready: number, all: number): string {
  return ready > 0 ? `${ready} of ${all} gateways serve it.` : "The version before it answers meanwhile.";
}
