import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ArtifactBrowser } from "#components/develop/tracking/artifacts/artifact-browser.tsx";
import { readAt } from "#components/develop/tracking/artifacts/text-window.ts";
import { RunHealth } from "#components/develop/tracking/health/run-health.tsx";
import { isSystemMetric } from "#components/develop/tracking/metrics/metric-groups.ts";
import { RunCharts } from "#components/develop/tracking/metrics/run-charts.tsx";
import { RegisterButton } from "#components/develop/tracking/register/register-run.tsx";
import { RunEnvironment } from "#components/develop/tracking/runs/run-environment.tsx";
import { RunFacts } from "#components/develop/tracking/runs/run-facts.tsx";
import { RunHead } from "#components/develop/tracking/runs/run-head.tsx";
import { RunNote } from "#components/develop/tracking/runs/run-note.tsx";
import { RunStory } from "#components/develop/tracking/runs/run-story.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { registerFromRunAction } from "../../../../models/actions.ts";
import { writeNoteAction } from "./actions.ts";
import { readArtifacts } from "./read-artifacts.ts";
import { readEnvironment, readRunPage } from "./read-page.ts";

type Props = PageProps<"/experiments/[experiment]/runs/[run]">;

export async function generateMetadata({ params }: Props) {
  const run = await found(getRun(await requireContext(), (await params).run));
  return { title: `${run.name}, Runs` };
}

export default async function RunPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const address = await searchParams;
  const { tab: wanted, path, at } = address;
  const run = await found(getRun(ctx, (await params).run));
  const tab = wanted === "artifacts" || wanted === "system" || wanted === "environment" ? wanted : "metrics";
  const kind = tab === "system" ? "system" : "model";
  const { relatives, headline, failure, findings, initial } = await readRunPage(ctx, run, kind, address);
  const href = `/experiments/${run.experimentId}/runs/${run.id}`;
  const experimentHref = `/experiments/${run.experimentId}`;
  const hasSystem = run.metrics.some(({ key }) => isSystemMetric(key));
  return (
    <Page
      live
      crumbs={[
        { label: "Experiments", href: "/experiments" },
        { label: relatives.experimentName, href: experimentHref },
        { label: run.name },
      ]}
    >
      <RunHead
        run={run}
        relatives={relatives}
        headline={headline}
        failure={failure}
        findings={findings}
        actions={
          <RegisterButton
            run={{ id: run.id, name: run.name }}
            label="Register model…"
            modelName={relatives.versions[0]?.modelName ?? relatives.experimentName}
            why={denialReason(ctx.actor.role, "registerFromRun")}
            register={registerFromRunAction}
          />
        }
      />
      <Tabs
        label="Run sections"
        items={[
          { label: "Metrics", href, current: tab === "metrics" },
          { label: "Artifacts", href: `${href}?tab=artifacts`, current: tab === "artifacts" },
          { label: "Code and environment", href: `${href}?tab=environment`, current: tab === "environment" },
          ...(hasSystem || tab === "system"
            ? [{ label: "System metrics", href: `${href}?tab=system`, current: tab === "system" }]
            : []),
        ]}
      />
      {tab === "artifacts" && (
        <>
          <LiveRefresh topics={["run"]} id={run.id} />
          <ArtifactBrowser
            runId={run.id}
            href={`${href}?tab=artifacts`}
            {...(await readArtifacts(ctx, run, { path: typeof path === "string" ? path : "", at: readAt(at) }))}
          />
        </>
      )}
      {tab === "environment" && <RunEnvironment run={run} environment={await readEnvironment(ctx, run.id)} />}
      {tab === "system" && <RunCharts run={run} initial={initial} kind="system" />}
      {tab === "metrics" && (
        <Columns columns="minmax(0, 1fr) 348px">
          <Stack>
            <RunHealth runId={run.id} initial={findings} />
            <RunCharts run={run} initial={initial} kind="model" />
            <RunStory run={run} relatives={relatives} />
          </Stack>
          <Stack>
            <RunNote run={run} why={denialReason(ctx.actor.role, "writeNote")} save={writeNoteAction} />
            <RunFacts run={run} />
          </Stack>
        </Columns>
      )}
    </Page>
  );
}

function Stack({ children }: { children: React.ReactNode }) {
  return <div style={{ display: "grid", gap: 14, alignContent: "start" }}>{children}</div>;
}
