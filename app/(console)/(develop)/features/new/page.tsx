import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { newView } from "#components/develop/features/form/view-draft.ts";
import { ViewForm } from "#components/develop/features/form/view-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import {
  checkExpressionAction,
  createEntityAction,
  createSourceAction,
  createViewAction,
  previewViewAction,
} from "../actions.ts";
import { readFormChoices } from "../form-choices.ts";

export const metadata = { title: "New feature view" };

export default async function NewFeatureViewPage() {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "defineFeatureView");
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "New" }]}>
      <PageHead
        help="feature-store#define"
        title="New feature view"
        context="A group of features and the entities they describe"
      />
      {why ? (
        <Panel>
          <EmptyState title="You cannot create feature views">Creating feature views {why}.</EmptyState>
        </Panel>
      ) : (
        <ViewForm
          initial={newView()}
          exists={false}
          {...(await readFormChoices(ctx))}
          save={createViewAction}
          preview={previewViewAction}
          check={checkExpressionAction}
          createEntity={createEntityAction}
          createSource={createSourceAction}
        />
      )}
    </Page>
  );
}
