import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ChosenAnyway } from "#server/serve/rollout/contract.ts";
import classes from "./rollout-banner.module.css";

interface ChosenAnywayBannerProps {
  chosen: ChosenAnyway | undefined;
  /** Who started the rollout. */
  by: string;
}

/** Renders what spoke against the version when the rollout started, and why it was chosen anyway; nothing if nothing did. */
export function ChosenAnywayBanner({ chosen, by }: ChosenAnywayBannerProps) {
  if (!chosen) return null;
  const { reason, obstacles } = chosen;
  return (
    <div className={classes.banner} data-state="missed">
      <StatusShape state="missed" size={15} />
      <div>
        {obstacles.map(({ title, detail }) => (
          <p key={title}>
            <strong>{title}</strong> <span className="lw-muted">{detail}</span>
          </p>
        ))}
        <p className="lw-muted">
          Chosen anyway by {by}: “{reason}”
        </p>
      </div>
    </div>
  );
}
