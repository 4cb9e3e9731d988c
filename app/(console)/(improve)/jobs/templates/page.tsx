import { IconPlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { templatesPath } from "#components/improve/training/addresses.ts";
import { ReadyTemplates } from "#components/improve/training/templates/ready-templates.tsx";
import { TemplatesTable } from "#components/improve/training/templates/templates-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { listReadyTemplates } from "#server/improve/training/templates/ready/install-template.ts";
import { installTemplateAction } from "../actions.ts";

export const metadata = { title: "Templates, Jobs" };

export default async function TemplatesPage() {
  const ctx = await requireContext();
  const templates = await listTemplates(ctx);
  const engines = await listEngines(ctx);
  const models = await listModels(ctx, { limit: 200 });
  const why = denialReason(ctx.actor.role, "saveTemplate");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Templates" }]} live>
      <LiveRefresh topics={["training"]} />
      <PageHead
        help="training#start-from-a-ready-template"
        title="Templates"
        context="Reusable job definitions. Jobs keep the revision they were submitted with"
        actions={
          <KeyLink
            href={`${templatesPath}/new`}
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={why}
            primary
          >
            Create template…
          </KeyLink>
        }
      />
      <Panel flush>
        {templates.length === 0 ? (
          <EmptyState
            title="No templates yet"
            action={why === undefined && <Link href={`${templatesPath}/new`}>Create a template</Link>}
          >
            A template defines a command, its machines and limits, and the parameters that can be set on submit.
          </EmptyState>
        ) : (
          <TemplatesTable templates={templates} engines={new Map(engines.map(({ id, name }) => [id, name]))} />
        )}
      </Panel>
      <ReadyTemplates
        ready={listReadyTemplates(ctx)}
        templates={templates.map(({ name }) => name)}
        engines={engines.map(({ name }) => name)}
        models={models.flatMap(({ name, latestVersion }) =>
          latestVersion ? [{ name, version: latestVersion.version }] : [],
        )}
        install={installTemplateAction}
        why={denialReason(ctx.actor.role, "installTemplate")}
      />
    </Page>
  );
}
