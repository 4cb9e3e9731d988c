import { notFound } from "next/navigation";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { newTrainingSetPath } from "#components/develop/addresses/training-set-href.ts";
import { UsedBy } from "#components/develop/datasets/used-by.tsx";
import { CancelWork } from "#components/develop/features/cancel-work.tsx";
import { AcknowledgeForm } from "#components/develop/features/training-sets/acknowledge-form.tsx";
import { JoinedViewsTable } from "#components/develop/features/training-sets/joined-views-table.tsx";
import { RepeatTrainingSet } from "#components/develop/features/training-sets/training-set-actions.tsx";
import { TrainingSetRecordPanel } from "#components/develop/features/training-sets/training-set-record.tsx";
import { describeTrainingSet, durationOf } from "#components/develop/features/training-sets/training-set-text.ts";
import { WarningsTable } from "#components/develop/features/training-sets/warnings-table.tsx";
import { WorkProgress } from "#components/develop/features/work-progress.tsx";
import { isInProgress, workStates } from "#components/develop/features/work-state.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { getDatasetVersion } from "#server/develop/datasets/version-queries.ts";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { getTrainingSet } from "#server/develop/features/training-sets/queries.ts";
import {
  acknowledgeLeaksAction,
  cancelTrainingSetAction,
  refreshTrainingSetAction,
  repeatTrainingSetAction,
} from "../actions.ts";

type Props = PageProps<"/training-sets/[trainingSet]">;

export const metadata = { title: "Training set, Features" };

export default async function TrainingSetPage({ params }: Props) {
  const id = z.uuid().safeParse((await params).trainingSet);
  if (!id.success) notFound();
  const ctx = await requireContext();
  const set = await found(getTrainingSet(ctx, id.data));
  const words = workStates[set.state];
  const isActive = isInProgress(set);
  const version =
    set.digest === null ? undefined : await getDatasetVersion(ctx, { name: set.name, digest: set.digest });
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: "Training sets", href: "/training-sets" },
        { label: set.name },
      ]}
      live={isActive}
    >
      {isActive && <LiveRefresh topics={["features"]} id={set.id} everyMs={5_000} />}
      <PageHead
        help="feature-store#training-sets"
        title={set.name}
        badges={
          <StatusBadge state={words.state} filled>
            {words.word}
          </StatusBadge>
        }
        context={`training set by ${set.createdBy}${set.startedAt ? `, ${durationOf(set, new Date())}` : ""}`}
        sentence={describeTrainingSet(set)}
        actions={<Actions set={set} why={denialReason(ctx.actor.role, "createTrainingSet")} />}
      />
      {isActive && <WorkProgress label="Rows joined" done={set.rowsDone} total={set.rowsTotal} />}
      {set.state === "held" && (
        <AcknowledgeForm
          id={set.id}
          leaks={set.unacknowledgedLeaks}
          acknowledge={acknowledgeLeaksAction}
          why={denialReason(ctx.actor.role, "acknowledgeLeaks")}
        />
      )}
      <Panel title="Leak check" subtitle="all rows" flush>
        {set.warnings.length > 0 ? (
          <WarningsTable set={set} />
        ) : (
          <EmptyState title={set.state === "done" ? "Nothing found" : "Not checked"}>
            {set.state === "done"
              ? "No value is later than its row, and none is missing."
              : "The check runs once the features are joined."}
          </EmptyState>
        )}
      </Panel>
      <Panel title="Views" subtitle="pinned to versions" flush>
        <JoinedViewsTable set={set} />
      </Panel>
      {version && <UsedBy version={version} />}
      <TrainingSetRecordPanel set={set} />
    </Page>
  );
}

function Actions({ set, why }: { set: TrainingSet; why: string | undefined }) {
  const cancel = (
    <CancelWork
      id={set.id}
      label="Cancel training set"
      done="Training set cancelled."
      cancel={cancelTrainingSetAction}
      why={why}
    />
  );
  if (isInProgress(set)) return cancel;
  const edit = `${newTrainingSetPath}?from=${set.id}`;
  if (set.state === "held") {
    return (
      <>
        <ButtonLink href={edit} variant="default">
          Edit the request…
        </ButtonLink>
        {cancel}
      </>
    );
  }
  return (
    <>
      <ButtonLink href={edit} variant="default">
        Edit as new…
      </ButtonLink>
      {set.record && (
        <RepeatTrainingSet
          id={set.id}
          repeat={repeatTrainingSetAction}
          label="Repeat exactly"
          done="Training set requested again, with the same history."
          why={why}
        />
      )}
      <RepeatTrainingSet
        id={set.id}
        repeat={refreshTrainingSetAction}
        label="Repeat with fresh rows"
        done="Training set requested again, with fresh rows and the current history."
        why={why}
      />
      {set.digest !== null && <ButtonLink href={datasetHref(set.name, set.digest)}>Open dataset version</ButtonLink>}
    </>
  );
}
