import type { CSSProperties, ReactNode } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import type { SeriesStyle } from "#components/charts/series-style.ts";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { ServedFeaturesTable } from "#components/serve/features/served-features-table.tsx";
import { storedTensors } from "#components/serve/predictions/shown-prediction.ts";
import { viewOutputs } from "#components/serve/tensors/outputs.ts";
import { TensorImage } from "#components/serve/tensors/tensor-image.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatNumber, nbsp } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { AliasTag, ProviderBadge, Tag } from "#components/ui/tag.tsx";
import type { RanSide, RunProblem } from "#server/serve/playground/contract.ts";
import type { RunResult } from "#server/serve/runner/contract.ts";
import { LatencyBar } from "./latency-bar.tsx";
import { OutputSummary } from "./output-summary.tsx";
import { seenPictures } from "./seen-pictures.ts";
import classes from "./version-column.module.css";

interface VersionColumnProps {
  version: { version: number; aliases: string[]; labels: string[] | undefined };
  style: SeriesStyle | undefined;
  ran: RanSide | undefined;
  /** Explanation, shown below the prediction. */
  why?: ReactNode;
  /** Reason why it cannot run the current request. */
  unfit?: string | undefined;
  busy: boolean;
  /** Row of the batch that is shown. */
  row: number;
  /** Maximum latency of all columns, for a common scale. */
  maxMs: number;
}

/** Renders one version: where it ran, its prediction, the duration of each part, the raw response. */
export function VersionColumn({ version, style, ran, why, unfit, busy, row, maxMs }: VersionColumnProps) {
  const result = ran && "answer" in ran ? ran.answer : undefined;
  return (
    <Panel
      className={classes.column}
      flush
      title={
        <span className={classes.name}>
          {style && <SeriesSwatch style={style} />} v{version.version}
          {version.aliases.map((alias) => (
            <AliasTag alias={alias} key={alias} />
          ))}
        </span>
      }
      right={result && <RanOn result={result} />}
    >
      <div aria-busy={busy} aria-live="polite" style={{ "--lw-bar-highlight": style?.colour } as CSSProperties}>
        {unfit ? (
          <EmptyState title={`v${version.version} has different inputs`}>{unfit}</EmptyState>
        ) : result ? (
          <Content result={result} labels={version.labels} row={row} maxMs={maxMs} why={why} />
        ) : ran && "problem" in ran ? (
          <FailedState title={`v${version.version} ${whatHappened[ran.problem.kind]}`}>
            {ran.problem.message}
          </FailedState>
        ) : busy ? (
          <div className={classes.waiting}>
            <Skeleton width="40%" height={24} />
            <Skeleton height={120} />
          </div>
        ) : (
          <EmptyState title="Not run yet">Enter an input and click Run. The result appears here.</EmptyState>
        )}
      </div>
    </Panel>
  );
}

const whatHappened: Record<RunProblem["kind"], string> = {
  "not-loadable": "cannot be loaded",
  input: "does not accept this input",
  timeout: "timed out",
  crashed: "crashed",
  busy: "is busy",
  failed: "did not respond",
};

/** Shows the provider that ran it; a requested one that did not is named with the reason. */
function RanOn({ result: { provider, fallbacks } }: { result: RunResult }) {
  return (
    <span className={classes.name}>
      {fallbacks.map((fallback) => (
        <span title={fallback.reason} key={fallback.provider}>
          <Tag tone="watch">not on {providerName(fallback.provider)}</Tag>
        </span>
      ))}
      <ProviderBadge provider={provider} />
    </span>
  );
}

interface ContentProps {
  result: RunResult;
  labels: string[] | undefined;
  row: number;
  maxMs: number;
  why: ReactNode;
}

function Content({ result, labels, row, maxMs, why }: ContentProps) {
  const { outputs, seen, features, timings, response, fallbacks, loadMs } = result;
  const [fallback] = fallbacks;
  return (
    <>
      <PanelSection>
        {viewOutputs(storedTensors(outputs), labels, row).map((view) => (
          <OutputSummary view={view} key={view.name} />
        ))}
        {fallback && (
          <p className="lw-small lw-muted">
            Not running on {providerName(fallback.provider)}: {fallback.reason}
          </p>
        )}
      </PanelSection>
      {seenPictures(storedTensors(seen), row).map(({ name, value, image }) => (
        <PanelSection key={name}>
          <div className={classes.seen}>
            <TensorImage value={value} spec={image} size={84} alt={`${name} as received by the model`} />
            <p className="lw-small lw-muted">
              Model input {name} after the pipeline: {image.width} × {image.height} {nbsp}px, values{" "}
              {formatNumber(image.least)} to {formatNumber(image.most)}.
            </p>
          </div>
        </PanelSection>
      ))}
      {features && (
        <PanelSection>
          <ServedFeaturesTable features={features} />
        </PanelSection>
      )}
      {why}
      <PanelSection>
        <LatencyBar timings={timings} maxMs={maxMs} loadMs={loadMs} />
      </PanelSection>
      <PanelSection>
        <details className={classes.raw}>
          <summary>
            <strong>Raw response</strong> <code className="lw-quiet">{formatBytes(new Blob([response]).size)}</code>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys */}
          <pre className={classes.json} tabIndex={0}>
            {response || "Too large to store."}
          </pre>
          <CopyButton value={response} label="Copy raw response" withWord />
        </details>
      </PanelSection>
    </>
  );
}
