import { percent } from "#server/base/format-number.ts";
import type { Decided, Evaluated, GatewayFact } from "./evaluated.ts";
import { held, unchanged } from "./hold.ts";
import { stateAt } from "./moves.ts";

/**
 * Starts the first step once every responding gateway has the new version ready; until then the state lists the missing gateways, with
 * reasons.
 */
export function decideStart(evaluated: Evaluated): Decided {
  const { state, facts } = evaluated;
  const { gateways, canary } = facts;
  if (state.isPaused) return held(evaluated, "paused", "Paused before the first step.");
  if (gateways.length === 0)
    return held(evaluated, "no-gateway", "On hold before the first step: no gateway was active in the last 30\u00a0s.");
  const failed = gateways.filter((gateway) => gateway.canary === "failed");
  if (failed.length > 0) return held(evaluated, "load-failed", describeFailed(failed, canary));
  const others = gateways.filter((gateway) => gateway.canary !== "ready");
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(", ");
    return held(evaluated, "not-loaded", `Waiting for ${names} to load ${canary}.`);
  }
  const next = stateAt(evaluated, 0);
  const where = gateways.length === 1 ? "the gateway" : `all ${gateways.length} gateways`;
  const shadow = next.weight === 0 ? ", shadow traffic only" : "";
  const words = `Advanced to ${percent(next.weight)}${shadow}: ${canary} is ready on ${where}.`;
  return { ...unchanged(next), decisions: [{ kind: "advance", code: "ready", words }] };
}

function describeFailed(failed: readonly GatewayFact[], canary: string): string {
  const reasons = failed.map(({ name, message }) => `${name}: ${message ?? "see its log"}`);
  return `On hold before the first step: ${canary} failed to load. ${reasons.join(" ")}`;
}
