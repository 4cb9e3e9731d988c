import { notFound } from "next/navigation";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { materialisationsPath } from "#components/develop/addresses/materialisation-href.ts";
import { CancelWork } from "#components/develop/features/cancel-work.tsx";
import {
  describeInput,
  describeMaterialisation,
  describeShare,
  describeTrigger,
} from "#components/develop/features/materialisations/materialisation-text.ts";
import { EventRange } from "#components/develop/features/materialisations/materialisations-table.tsx";
import { RejectsTable } from "#components/develop/features/materialisations/rejects-table.tsx";
import { WorkProgress } from "#components/develop/features/work-progress.tsx";
import { isInProgress, workStates } from "#components/develop/features/work-state.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatCount, formatNumber } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { getFeatureView } from "#server/develop/features/definitions/queries.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { getMaterialisation, listFeatureRejects } from "#server/develop/features/materialisations/queries.ts";
import { cancelMaterialisationAction } from "../actions.ts";

type Props = PageProps<"/features/materialisations/[materialisation]">;

export const metadata = { title: "Materialisation, Features" };

export default async function MaterialisationPage({ params }: Props) {
  const id = z.uuid().safeParse((await params).materialisation);
  if (!id.success) notFound();
  const ctx = await requireContext();
  const work = await found(getMaterialisation(ctx, id.data));
  const rejects =
    work.rowsRejected === 0 ? [] : await listFeatureRejects(ctx, { materialisation: work.id, limit: 200 });
  const view = await foundOrNot(getFeatureView(ctx, work.view));
  const timeColumns = view ? [view.eventTimeColumn, view.createdTimeColumn ?? view.eventTimeColumn] : [];
  const words = workStates[work.state];
  const isActive = isInProgress(work);
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Materialisations", href: materialisationsPath },
        { label: work.view },
      ]}
      live={isActive}
    >
      {isActive && <LiveRefresh topics={["features"]} id={work.id} everyMs={2_000} />}
      <PageHead
        help="feature-store#materialise"
        title={`Materialisation of ${work.view}`}
        badges={
          <StatusBadge state={words.state} filled>
            {words.word}
          </StatusBadge>
        }
        context={
          <span>
            started {describeTrigger(work)}, <RelativeTime at={work.createdAt} />
          </span>
        }
        sentence={describeMaterialisation(work)}
        actions={
          <>
            <ButtonLink href={featureViewHref(work.view)} variant="default">
              View {work.view}
            </ButtonLink>
            {isActive && (
              <CancelWork
                id={work.id}
                label="Cancel materialisation"
                done="Materialisation cancelled. Written rows stay."
                cancel={cancelMaterialisationAction}
                why={denialReason(ctx.actor.role, "cancelMaterialisation")}
              />
            )}
          </>
        }
      />
      {isActive && <WorkProgress label="Rows read" done={work.rowsRead} total={work.rowsTotal} />}
      <Counts work={work} />
      <Panel title="Rejected rows" subtitle="with the first reason for each row; kept for 30 days" flush>
        {rejects.length === 0 ? (
          <EmptyState title={work.rowsRejected === 0 ? "No rejected rows" : "Rejected rows have expired"}>
            A row is rejected if it violates the contract of the view.
          </EmptyState>
        ) : (
          <RejectsTable rejects={rejects} total={work.rowsRejected} timeColumns={timeColumns} />
        )}
      </Panel>
      <Facts work={work} />
    </Page>
  );
}

function Counts({ work }: { work: Materialisation }) {
  const { rowsRead, rowsTotal, rowsWritten, rowsOlder, rowsRejected, rowsPerSecond, secondsLeft } = work;
  const share = describeShare(work);
  return (
    <MetricStrip>
      <MetricTile
        label="Rows read"
        value={formatCount(rowsRead)}
        comparison={rowsTotal === null ? "total unknown" : `of ${formatCount(rowsTotal)}${share && `, ${share}`}`}
      />
      <MetricTile label="Written" value={formatCount(rowsWritten)} comparison="newest of their keys" />
      <MetricTile label="Older" value={formatCount(rowsOlder)} comparison="in the history only" />
      <MetricTile label="Rejected" value={formatCount(rowsRejected)} comparison="broke the contract" />
      <MetricTile
        label="Speed"
        value={rowsPerSecond === null ? null : formatNumber(rowsPerSecond)}
        unit="rows/s"
        comparison="mean since start"
      />
      <MetricTile
        label={work.endedAt ? "Duration" : "Time left"}
        value={
          work.endedAt && work.startedAt
            ? formatDuration(work.endedAt.getTime() - work.startedAt.getTime())
            : secondsLeft === null
              ? null
              : formatDuration(Math.ceil(secondsLeft) * 1000)
        }
        comparison={work.endedAt ? "from its start" : "estimated from the current rate"}
      />
    </MetricStrip>
  );
}

function Facts({ work }: { work: Materialisation }) {
  const { input, startedAt, endedAt } = work;
  return (
    <Panel title="Details">
      <dl className="lw-facts">
        <dt>Source</dt>
        <dd>{input?.source ?? "unknown"}</dd>
        <dt>Reads</dt>
        <dd>
          {input?.dataset ? (
            <Link href={datasetHref(input.dataset.name, input.dataset.digest)}>{describeInput(input)}</Link>
          ) : (
            describeInput(input) || "unknown"
          )}
        </dd>
        <dt>Event times</dt>
        <dd>
          <EventRange work={work} />
        </dd>
        {startedAt && (
          <>
            <dt>Began</dt>
            <dd>
              <RelativeTime at={startedAt} />
            </dd>
          </>
        )}
        {endedAt && (
          <>
            <dt>Ended</dt>
            <dd>
              <RelativeTime at={endedAt} />
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}
