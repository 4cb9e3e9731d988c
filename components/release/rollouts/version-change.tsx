import { versionHref } from "#components/develop/addresses/version-href.ts";
import { Link } from "#components/ui/link.tsx";
import type { RolloutSummary } from "#server/serve/rollout/contract.ts";
import { versionNames } from "./rollout-text.ts";
import classes from "./version-change.module.css";
import { VersionMark } from "./version-mark.tsx";

/** Renders both versions of a rollout in their colours: "v14 → v15". */
export function VersionChange({ rollout }: { rollout: Pick<RolloutSummary, "stable" | "canary"> }) {
  const { stable, canary } = rollout;
  const names = versionNames(rollout);
  return (
    <span className={classes.root}>
      <VersionMark rollout={rollout} arm="stable" />
      <Link href={versionHref(stable.model, stable.version)}>{names.stable}</Link>
      <span className="lw-quiet">→</span>
      <VersionMark rollout={rollout} arm="canary" />
      <Link href={versionHref(canary.model, canary.version)}>
        <strong>{names.canary}</strong>
      </Link>
    </span>
  );
}
