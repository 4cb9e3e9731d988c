import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { ProjectStateActions } from "#components/improve/labelling/projects/project-state-actions.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { SettingsForm } from "#components/improve/labelling/projects/settings-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { updateProjectAction } from "../../actions.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Settings of a label project" };

export default async function LabelSettingsPage({ params }: PageProps<"/labels/[project]/settings">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const why = denialReason(ctx.actor.role, "updateLabelProject");
  const { id, name, state, settings, taskKind } = project;
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: "Settings" },
      ]}
    >
      <PageHead
        help="labelling#label-projects"
        title="Settings"
        context="Annotators per item, order of items and quality checks"
        actions={<ProjectStateActions project={{ id, name, state }} update={updateProjectAction} why={why} />}
      />
      <ProjectTabs project={project} current="settings" />
      <SettingsForm
        projectId={id}
        name={name}
        settings={settings}
        canShowPredictions={taskKind === "boxes" || taskKind === "spans"}
        update={updateProjectAction}
        why={why}
      />
    </Page>
  );
}
