import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { foundOrNot } from "#app/_lib/found.ts";
import { jobHref } from "#components/improve/training/addresses.ts";
import {
  draftOfJob,
  type JobDraft,
  newJobDraft,
  valuesOfTemplate,
} from "#components/improve/training/submit/job-draft.ts";
import { SubmitForm } from "#components/improve/training/submit/submit-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listDatasetChoices } from "#server/improve/training/fit/queries.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { experimentOf } from "#server/improve/training/reproducibility/experiment-of.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { maxUploadBytes } from "../../../(develop)/models/upload-limit.ts";
import { previewJobAction, submitJobAction, uploadPackageAction } from "../actions.ts";

export const metadata = { title: "Submit training job, Jobs" };

export default async function NewJobPage({ searchParams }: PageProps<"/jobs/new">) {
  const { template: wanted, from } = await searchParams;
  const ctx = await requireContext();
  const engines = await listEngines(ctx);
  const stored = await listTemplates(ctx);
  const datasets = await listDatasetChoices(ctx);
  const job = typeof from === "string" ? await foundOrNot(getJob(ctx, from)) : undefined;
  const templates = stored.map(({ name, revision, spec }) => ({
    name,
    revision,
    engine: engines.find(({ id }) => id === spec.engineId)?.name ?? null,
    parameters: spec.parameters,
    job: spec.job,
  }));
  const template = templates.find(({ name }) => name === (job ? job.template : wanted));
  const mayBeUrgent = denialReason(ctx.actor.role, "submitUrgentJob") === undefined;
  const initial: JobDraft = {
    ...newJobDraft,
    engine: template?.engine ?? (engines.length === 1 ? (engines[0]?.name ?? "") : ""),
    ...(job && draftOfJob(job, { experiment: await experimentOf(ctx, job), mayBeUrgent })),
    ...(template && { template: template.name, values: valuesOfTemplate(template, job?.spec.parameters) }),
  };
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Submit" }]}>
      <PageHead
        help="training#submit-a-job"
        title="Submit training job"
        context={
          job && (
            <span>
              changes <Link href={jobHref(job.id)}>{job.name}</Link>; both are compared when they have finished
            </span>
          )
        }
      />
      {engines.length === 0 ? (
        <Panel flush>
          <EmptyState title="No engines yet" action={<Link href="/jobs/engines/new">Add an engine</Link>}>
            Jobs run on engines: this machine, Ray, Kubernetes or Slurm.
          </EmptyState>
        </Panel>
      ) : (
        <SubmitForm
          templates={templates}
          datasets={datasets.choices}
          datasetCount={datasets.total}
          initial={initial}
          base={job?.spec}
          rerunOf={job?.id}
          submit={submitJobAction}
          preview={previewJobAction}
          uploadPackage={uploadPackageAction}
          maxUploadBytes={maxUploadBytes}
          mayBeUrgent={mayBeUrgent}
          actorName={ctx.actor.name}
          why={denialReason(ctx.actor.role, "submitJob")}
        />
      )}
    </Page>
  );
}
