import { Progress } from "@mantine/core";
import { formatCount, formatNumber, nbsp } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { PanelSection } from "#components/ui/panel.tsx";
import type { Explanation } from "#server/serve/explain/contract.ts";
import { FeatureBars } from "./feature-bars.tsx";
import { HeatMap } from "./heat-map.tsx";
import type { ExplanationState } from "./use-explanations.ts";
import classes from "./why-section.module.css";

interface WhySectionProps {
  state: ExplanationState;
  /** Undefined until there is one that can be read. */
  explanation: Explanation | undefined;
  most: number;
}

/** Shows why a version made its prediction: first the progress of the explanation, then the explanation and its cost. */
export function WhySection({ state, explanation, most }: WhySectionProps) {
  const { run, failure } = state;
  if (failure) return <Problem>{failure}</Problem>;
  if (!run || run.state === "running") {
    const share = run && run.total > 0 ? run.done / run.total : 0;
    return (
      <PanelSection title="Explanation">
        <Progress value={share * 100} aria-label="Explanation" size="sm" transitionDuration={0} />
        <p className="lw-small lw-quiet">
          {run && run.total > 0 ? `${formatCount(run.done)} of ${formatCount(run.total)} evaluations` : "Queued"}
        </p>
      </PanelSection>
    );
  }
  if (run.state === "cancelled") return <Problem>Cancelled. Nothing was stored.</Problem>;
  if (run.state === "failed" || !explanation)
    return <Problem>{run.problem ?? "Could not load the explanation. Run it again."}</Problem>;
  return <Why explanation={explanation} most={most} />;
}

function Problem({ children }: { children: string }) {
  return (
    <PanelSection title="Explanation">
      <p className="lw-muted" role="alert">
        {children}
      </p>
    </PanelSection>
  );
}

/** Renders an explanation with its cost. @param most end of the scale, shared by explanations side by side */
export function Why({ explanation, most }: { explanation: Explanation; most: number }) {
  const { why, target, label, answer: prediction, asked: requestCount, tookMs } = explanation;
  const what = label ?? `${target.output}[${target.element}]`;
  return (
    <PanelSection
      title={
        <>
          Explanation of {what} <span className="lw-quiet">{formatNumber(prediction)}</span>
        </>
      }
    >
      <div className={classes.why}>
        {why.method === "occlusion" ? (
          <HeatMap why={why} what={what} most={most} />
        ) : (
          <FeatureBars why={why} prediction={prediction} what={what} most={most} />
        )}
        <p className="lw-small lw-quiet">
          {formatCount(requestCount)} {nbsp}evaluations, {formatDuration(tookMs)}. Not included in the latency.
        </p>
      </div>
    </PanelSection>
  );
}
