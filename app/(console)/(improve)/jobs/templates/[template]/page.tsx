import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { newJobHref, newSweepHref } from "#components/improve/training/addresses.ts";
import { ArchiveTemplate } from "#components/improve/training/templates/archive-template.tsx";
import { TemplateForm } from "#components/improve/training/templates/template-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { archiveTemplateAction, saveTemplateAction } from "../../actions.ts";

type Props = PageProps<"/jobs/templates/[template]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).template)}, Templates` };
}

export default async function TemplatePage({ params }: Props) {
  const wanted = decodeURIComponent((await params).template);
  const ctx = await requireContext();
  const template = (await listTemplates(ctx)).find(({ name }) => name === wanted);
  if (!template) notFound();
  const engines = (await listEngines(ctx)).map(({ id, name }) => ({ id, name }));
  const { name, revision, createdBy } = template;
  const why = denialReason(ctx.actor.role, "saveTemplate");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Templates", href: "/jobs/templates" }, { label: name }]}>
      <PageHead
        help="training#submit-a-job"
        title={name}
        context={`Revision ${revision}, created by ${createdBy}. Saving creates a new revision; existing jobs keep theirs.`}
        actions={
          <>
            <ArchiveTemplate
              name={name}
              archive={archiveTemplateAction}
              why={denialReason(ctx.actor.role, "archiveTemplate")}
            />
            {template.spec.parameters.length > 0 && (
              <ButtonLink href={newSweepHref(name)} variant="default">
                Start sweep…
              </ButtonLink>
            )}
            <ButtonLink href={newJobHref({ template: name })}>Submit job…</ButtonLink>
          </>
        }
      />
      <TemplateForm key={revision} template={template} engines={engines} save={saveTemplateAction} why={why} />
    </Page>
  );
}
