import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { policyHref, retrainingPath } from "#components/improve/retraining/addresses.ts";
import { PolicyForm } from "#components/improve/retraining/policy-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { getRetrainingPolicy } from "#server/improve/retraining/policies/queries.ts";
import { createPolicyAction, updatePolicyAction } from "../../actions.ts";
import { policyOptions } from "../../policy-options.ts";

export const metadata = { title: "Edit policy, Retraining" };

export default async function EditPolicyPage({ params }: PageProps<"/retraining/[model]/edit">) {
  const ctx = await requireContext();
  const policy = await found(getRetrainingPolicy(ctx, decodeURIComponent((await params).model)));
  const why = denialReason(ctx.actor.role, "updateRetrainingPolicy");
  return (
    <Page
      crumbs={[
        { label: "Retraining", href: retrainingPath },
        { label: policy.model, href: policyHref(policy.model) },
        { label: "Edit" },
      ]}
    >
      <PageHead
        help="retraining#create-a-policy"
        title={`Edit the policy of ${policy.model}`}
        context={why ? `Editing it ${why}.` : "Open cycles keep the revision they started with."}
      />
      <PolicyForm
        policy={policy}
        options={await policyOptions(ctx)}
        create={createPolicyAction}
        update={updatePolicyAction}
        why={why}
      />
    </Page>
  );
}
