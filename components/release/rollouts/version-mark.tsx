import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";

interface VersionMarkProps {
  rollout: Pick<RolloutSummary, "stable" | "canary">;
  arm: "stable" | "canary";
}

/** Renders the colour and dash of a version of a rollout, beside its name. */
export function VersionMark({ rollout: { stable, canary }, arm }: VersionMarkProps) {
  const style = styleVersions([stable, canary])[arm === "stable" ? 0 : 1];
  return style && <SeriesSwatch style={style} />;
}
