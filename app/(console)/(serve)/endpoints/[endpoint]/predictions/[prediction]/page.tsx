import { IconPlayerPlay } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { endpointHref, playgroundHref, predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { ServedFeaturesTable } from "#components/serve/features/served-features-table.tsx";
import { LoggedTensors } from "#components/serve/predictions/logged-tensors.tsx";
import { PartsBar } from "#components/serve/predictions/parts-bar.tsx";
import { PredictionError } from "#components/serve/predictions/prediction-drawer.tsx";
import { PredictionFacts } from "#components/serve/predictions/prediction-facts.tsx";
import { PredictionOutputs } from "#components/serve/predictions/prediction-outputs.tsx";
import { ReplayPanel } from "#components/serve/predictions/replay-panel.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toWire } from "#components/ui/wire.ts";
import { replayAction } from "../../actions.ts";
import { readPrediction } from "./read-prediction.ts";

export const metadata = { title: "Prediction" };

export default async function PredictionPage({ params }: PageProps<"/endpoints/[endpoint]/predictions/[prediction]">) {
  const { endpoint, prediction: id } = await params;
  const name = decodeURIComponent(endpoint);
  const ctx = await requireContext();
  const { prediction, signature, choices, address } = await found(readPrediction(ctx, name, id));
  const { modelName, version, status, error, features, inputs, outputs, parts, latencyMs } = prediction;
  const shown = toWire(prediction);
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        { label: name, href: endpointHref(name) },
        { label: "Predictions", href: predictionsHref(name) },
        { label: id.slice(0, 8) },
      ]}
    >
      <PageHead
        help="deploy#prediction-log"
        title="Prediction"
        badges={
          <StatusBadge state={status === 200 ? "on-target" : "missed"} filled>
            {status === 200 ? "Succeeded" : `Failed with ${status}`}
          </StatusBadge>
        }
        context={
          <>
            <RelativeTime at={prediction.at} /> by {name}{" "}
            <CopyButton value={address} label="Copy link to this prediction" />
            <LineageLink kind="prediction" id={prediction.id} />
          </>
        }
        actions={
          modelName &&
          version !== null &&
          inputs && (
            <ButtonLink
              href={playgroundHref(modelName, { a: version, input: id })}
              variant="default"
              leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden="true" />}
            >
              Open in playground
            </ButtonLink>
          )
        }
      />
      {error && <PredictionError status={status} error={error} />}
      <Columns columns="minmax(0, 1fr) 348px">
        <Stack>
          <Panel title="Input" subtitle={prediction.pipelineDigest ? "through the pipeline" : undefined}>
            {inputs ? (
              <LoggedTensors tensors={inputs} signature={signature} />
            ) : (
              <p className="lw-quiet">The input was not stored because it could not be parsed.</p>
            )}
          </Panel>
          {features && (
            <Panel title="Features" subtitle="looked up by key" flush>
              <ServedFeaturesTable features={features} />
            </Panel>
          )}
          {outputs && (
            <Panel title="Output">
              <PredictionOutputs outputs={outputs} signature={signature} />
            </Panel>
          )}
          <ReplayPanel
            prediction={shown}
            choices={choices}
            labels={signature?.labels}
            disabledReason={denialReason(ctx.actor.role, "replayPrediction")}
            replay={replayAction}
          />
        </Stack>
        <Stack>
          <Panel title="Details">
            <PredictionFacts prediction={shown} signature={signature} />
          </Panel>
          {parts && (
            <Panel title="Latency" subtitle="from the gateway">
              <PartsBar parts={parts} latencyMs={latencyMs} />
            </Panel>
          )}
        </Stack>
      </Columns>
    </Page>
  );
}
