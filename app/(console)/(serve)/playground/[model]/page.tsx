import { requireContext, runtime } from "#app/_lib/context.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { HistoryPanel } from "#components/serve/playground/history/history-panel.tsx";
import { Playground } from "#components/serve/playground/playground.tsx";
import type { PlaygroundActions } from "#components/serve/playground/run.ts";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { executionProviders } from "#server/develop/registry/execution/constants.ts";
import { getPlaygroundRun } from "#server/serve/playground/queries.ts";
import {
  cancelAction,
  explainAction,
  labelAction,
  pollRunAction,
  runAction,
  runItemsAction,
  sendToLabelsAction,
  startBatchAction,
} from "../actions.ts";
import { isUuid, readPlayground } from "./read-page.ts";
import { RunPage } from "./run-page.tsx";

export async function generateMetadata({ params }: PageProps<"/playground/[model]">) {
  return { title: `${decodeURIComponent((await params).model)}, Playground` };
}

export default async function PlaygroundOfModel({ params, searchParams }: PageProps<"/playground/[model]">) {
  const name = decodeURIComponent((await params).model);
  const { a, b, on, onb, input, prediction, run, via } = await searchParams;
  const ctx = await requireContext();
  const tried = isUuid(name) ? await foundOrNot(getPlaygroundRun(ctx, { id: name })) : undefined;
  if (tried) return <RunPage ctx={ctx} run={tried} />;
  const { gatewayUrl, executionProviders: providers } = runtime().config;
  const choice = {
    a: numberOf(a),
    b: numberOf(b),
    on: providerOf(on),
    onB: providerOf(onb),
    input: textOf(prediction) ?? textOf(input),
    run: textOf(run),
    via: textOf(via),
  };
  const page = await found(readPlayground(ctx, name, choice, providers[0] ?? "cpu"));
  const { models, versions, chosenA, chosenB, served, samples, given, recorded, way, runs, datasets } = page;
  const which = [chosenA, chosenB].flatMap((each) => (each ? [`v${each.version}`] : [])).join(" and ");
  const crumbs = [
    { label: "Playground", href: "/playground" },
    { label: name, href: playgroundHref(name) },
    ...(which ? [{ label: which }] : []),
  ];
  if (!chosenA) return <NothingToRun crumbs={crumbs} name={name} versions={versions} />;
  return (
    <Page crumbs={crumbs}>
      <h1 className="lw-hidden">
        Playground, {name} {which}
      </h1>
      <Playground
        // Another signature needs another form; a version with the same signature keeps the values entered.
        key={`${name} ${JSON.stringify(chosenA.signature.inputs)} ${choice.input} ${choice.run} ${way}`}
        model={name}
        models={models}
        versions={versions}
        a={chosenA}
        b={chosenB}
        on={choice.on}
        onB={choice.onB}
        providers={providers}
        served={served}
        gatewayUrl={gatewayUrl}
        samples={samples}
        given={given}
        recorded={recorded}
        via={way}
        datasets={datasets}
        actions={actions}
      />
      <HistoryPanel runs={runs} />
    </Page>
  );
}

const actions: PlaygroundActions = {
  run: runAction,
  explain: explainAction,
  poll: pollRunAction,
  cancel: cancelAction,
  startBatch: startBatchAction,
  runItems: runItemsAction,
  label: labelAction,
  sendToLabels: sendToLabelsAction,
};

interface NothingToRunProps {
  crumbs: { label: string; href?: string }[];
  name: string;
  versions: { version: number; problem?: string | undefined }[];
}

function NothingToRun({ crumbs, name, versions }: NothingToRunProps) {
  const [newest] = versions;
  return (
    <Page crumbs={crumbs}>
      <Panel flush>
        <EmptyState
          title={newest ? `No version of ${name} can be run` : `${name} has no versions yet`}
          action={
            newest && (
              <Link href={versionHref(name, newest.version)}>{`View v${newest.version} and what is missing`}</Link>
            )
          }
        >
          {newest?.problem ? `v${newest.version} ${newest.problem}.` : "Register one under Models."}
        </EmptyState>
      </Panel>
    </Page>
  );
}

/** Parses "v12" or "12" to a number. */
function numberOf(value: string | string[] | undefined): number | undefined {
  const digits = /^v?(\d{1,9})$/.exec(textOf(value) ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function providerOf(value: string | string[] | undefined) {
  return executionProviders.find((provider) => provider === value);
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
