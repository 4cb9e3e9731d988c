import { percent } from "#server/number-words.ts";
import { held, unchanged } from "./hold.ts";
import type { Decided, GatewayFact, Judged } from "./judged.ts";
import { stateAt } from "./moves.ts";

/** The first step begins when every gateway that answers has the new version ready; until then the state says which has not, and why. */
export function decideStart(judged: Judged): Decided {
  const { state, facts } = judged;
  const { gateways, canary } = facts;
  if (state.isPaused) return held(judged, "paused", "Paused before the first step.");
  if (gateways.length === 0)
    return held(judged, "no-gateway", "Held before the first step: no gateway was heard of in the last 30 s.");
  const failed = gateways.filter((gateway) => gateway.canary === "failed");
  if (failed.length > 0) return held(judged, "load-failed", failedWords(failed, canary));
  const others = gateways.filter((gateway) => gateway.canary !== "ready");
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(", ");
    return held(judged, "not-loaded", `Waits until ${names} ${others.length === 1 ? "has" : "have"} loaded ${canary}.`);
  }
  const next = stateAt(judged, 0);
  const where = gateways.length === 1 ? "the gateway" : `all ${gateways.length} gateways`;
  const shadow = next.weight === 0 ? ", in shadow only" : "";
  const words = `Moved to ${percent(next.weight)}${shadow}: ${canary} is ready on ${where}.`;
  return { ...unchanged(next), decisions: [{ kind: "advance", code: "ready", words }] };
}

function failedWords(failed: readonly GatewayFact[], canary: string): string {
  const reasons = failed.map(({ name, message }) => `${name}: ${message ?? "its log says why"}`);
  return `Held before the first step: ${canary} could not be loaded. ${reasons.join(" ")}`;
}
