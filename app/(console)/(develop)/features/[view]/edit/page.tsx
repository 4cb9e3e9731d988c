import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { draftOfView } from "#components/develop/features/form/view-draft.ts";
import { ViewForm } from "#components/develop/features/form/view-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getFeatureView } from "#server/develop/features/definitions/queries.ts";
import {
  changeViewAction,
  checkExpressionAction,
  createEntityAction,
  createSourceAction,
  previewViewAction,
} from "../../actions.ts";
import { readFormChoices } from "../../form-choices.ts";

type Props = PageProps<"/features/[view]/edit">;

export async function generateMetadata({ params }: Props) {
  return { title: `Edit ${decodeURIComponent((await params).view)}, Features` };
}

export default async function EditFeatureViewPage({ params }: Props) {
  const name = decodeURIComponent((await params).view);
  const ctx = await requireContext();
  const view = await found(getFeatureView(ctx, name));
  const why = denialReason(ctx.actor.role, "defineFeatureView");
  return (
    <Page
      crumbs={[
        { label: "Features", href: "/features" },
        { label: name, href: featureViewHref(name) },
        { label: "Edit" },
      ]}
    >
      <PageHead
        help="feature-store#change-a-view"
        title={`Edit ${name}`}
        context={`v${view.current.version}; another schema creates a new version`}
      />
      {why ? (
        <Panel>
          <EmptyState title="You cannot edit feature views">Editing feature views {why}.</EmptyState>
        </Panel>
      ) : (
        <ViewForm
          initial={draftOfView(view)}
          exists
          {...(await readFormChoices(ctx, name))}
          save={changeViewAction}
          preview={previewViewAction}
          check={checkExpressionAction}
          createEntity={createEntityAction}
          createSource={createSourceAction}
        />
      )}
    </Page>
  );
}
