import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { TemplateForm } from "#components/improve/training/templates/template-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { saveTemplateAction } from "../../actions.ts";

export const metadata = { title: "Create template, Jobs" };

export default async function NewTemplatePage() {
  const ctx = await requireContext();
  const engines = (await listEngines(ctx)).map(({ id, name }) => ({ id, name }));
  const why = denialReason(ctx.actor.role, "saveTemplate");
  return (
    <Page
      crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Templates", href: "/jobs/templates" }, { label: "Create" }]}
    >
      <PageHead help="training#submit-a-job" title="Create template" context={why && `Creating one ${why}.`} />
      <TemplateForm engines={engines} save={saveTemplateAction} why={why} />
    </Page>
  );
}
