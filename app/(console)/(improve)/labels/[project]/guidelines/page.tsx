import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { GuidelineEditor } from "#components/improve/labelling/guidelines/guideline-editor.tsx";
import { GuidelineHistory } from "#components/improve/labelling/guidelines/guideline-history.tsx";
import { GuidelineText } from "#components/improve/labelling/guidelines/guideline-text.tsx";
import { ProjectTabs } from "#components/improve/labelling/projects/project-tabs.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { listGuidelines } from "#server/improve/labelling/guidelines/queries.ts";
import { publishGuidelineAction } from "../../actions.ts";
import { readProject } from "../read-project.ts";

export const metadata = { title: "Guidelines" };

export default async function GuidelinesPage({ params, searchParams }: PageProps<"/labels/[project]/guidelines">) {
  const ctx = await requireContext();
  const project = await readProject((await params).project);
  const { examples: asked } = await searchParams;
  const examples =
    typeof asked === "string" ? asked.split(",").map(Number).filter(Number.isSafeInteger).slice(0, 50) : [];
  const guidelines = await listGuidelines(ctx, project.id);
  const why = denialReason(ctx.actor.role, "publishGuideline");
  const [current] = guidelines;
  const titles = new Map((project.config.controls[0]?.classes ?? []).map(({ name, title }) => [name, title]));
  return (
    <Page
      crumbs={[
        { label: "Label queue", href: "/labels" },
        { label: project.name, href: labelProjectHref(project) },
        { label: "Guidelines" },
      ]}
    >
      <PageHead
        help="labelling#label-projects"
        title="Guidelines"
        context={`Version ${project.guideline} is in effect; every label records the version it was given under`}
      />
      <ProjectTabs project={project} current="guidelines" />
      <Stack>
        {why === undefined && current ? (
          <GuidelineEditor
            projectId={project.id}
            current={{ version: current.version, text: current.text, classes: current.classes }}
            classes={project.config.controls[0]?.classes ?? []}
            examples={examples}
            publish={publishGuidelineAction}
          />
        ) : (
          <Panel title={`Version ${project.guideline}`}>
            <GuidelineText
              text={current?.text ?? ""}
              classes={current?.classes ?? []}
              titleOf={(name) => titles.get(name) ?? name}
            />
          </Panel>
        )}
        <GuidelineHistory guidelines={guidelines} />
      </Stack>
    </Page>
  );
}
