import { describeSharedCause } from "#server/respond/cause/shared-causes.ts";
import type { Fold } from "./decide-fold.ts";

/** Says why an alert is a part of an incident, for its timeline. */
export function describeFold({ why, causeKey }: Fold): string {
  if (why === "cause") return `It has the same likely cause: ${describeSharedCause(causeKey ?? "")}.`;
  return why === "composite"
    ? "A composite SLO and one of its components belong together."
    : "It is about the same endpoint.";
}
