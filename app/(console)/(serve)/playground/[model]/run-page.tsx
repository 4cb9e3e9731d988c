import { deleteRun } from "#app/(console)/(serve)/playground/delete-run.ts";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { BatchResults } from "#components/serve/playground/batch/batch-results.tsx";
import { largestOf } from "#components/serve/playground/explain/why-scale.ts";
import { Why } from "#components/serve/playground/explain/why-section.tsx";
import { RunActions } from "#components/serve/playground/history/run-actions.tsx";
import { sideNames } from "#components/serve/playground/history/side-names.ts";
import { runHref, type StoredResults, storedResults } from "#components/serve/playground/history/stored-run.ts";
import { StoredRun } from "#components/serve/playground/history/stored-run-view.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { Explanation } from "#server/serve/explain/contract.ts";
import type { PlaygroundRun } from "#server/serve/playground/contract.ts";
import { listBatchItems } from "#server/serve/playground/item-queries.ts";
import { cancelAction } from "../actions.ts";

/** Renders a past run of the playground: user, time, inputs and outputs. It can be run again. */
export async function RunPage({ ctx, run }: { ctx: Context; run: PlaygroundRun }) {
  const names = sideNames(run.sides);
  const title = `${run.modelName} ${names.join(" and ")}`;
  const crumbs = [
    { label: "Playground", href: "/playground" },
    { label: run.modelName, href: playgroundHref(run.modelName) },
    { label: "Run" },
  ];
  const { actor } = ctx;
  const mayChange = run.startedById === actor.id || actor.role === "operator" || actor.role === "admin";
  return (
    <Page crumbs={crumbs}>
      <PageHead
        help="deploy#playground"
        title={title}
        context={
          <>
            {run.startedBy}, <RelativeTime at={run.startedAt} />. {run.words}
          </>
        }
        actions={
          <RunActions
            run={run}
            again={runHref(run)}
            mayChange={mayChange}
            cancel={cancelAction}
            deleteRun={deleteRun}
          />
        }
        sentence={run.problem}
      />
      <Content ctx={ctx} run={run} names={names} results={storedResults(run)} />
    </Page>
  );
}

interface ContentProps {
  ctx: Context;
  run: PlaygroundRun;
  names: string[];
  results: StoredResults | undefined;
}

async function Content({ ctx, run, names, results }: ContentProps) {
  if (run.kind === "batch") {
    const items = await listBatchItems(ctx, { id: run.id });
    const end =
      run.state === "running"
        ? ("running" as const)
        : run.state === "done"
          ? ("done" as const)
          : { problem: run.problem ?? "Cancelled. Completed results are kept." };
    const source = (run.request as { source?: string } | null)?.source ?? "Batch";
    return <BatchResults source={source} items={items} names={names} end={end} total={run.total} />;
  }
  if (run.kind === "explanation") {
    const { data } = Explanation.safeParse(run.result);
    return (
      <Panel flush>
        {data ? (
          <Why explanation={data} most={largestOf([data])} />
        ) : (
          <EmptyState title="No explanation">{run.problem ?? "It has not finished yet."}</EmptyState>
        )}
      </Panel>
    );
  }
  return <StoredRun run={run} names={names} results={results} />;
}
