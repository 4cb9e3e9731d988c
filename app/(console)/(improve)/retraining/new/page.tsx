import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { retrainingPath } from "#components/improve/retraining/addresses.ts";
import { PolicyForm } from "#components/improve/retraining/policy-form.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { createPolicyAction, updatePolicyAction } from "../actions.ts";
import { policyOptions } from "../policy-options.ts";

export const metadata = { title: "Create policy, Retraining" };

export default async function NewPolicyPage() {
  const ctx = await requireContext();
  const why = denialReason(ctx.actor.role, "createRetrainingPolicy");
  return (
    <Page crumbs={[{ label: "Retraining", href: retrainingPath }, { label: "Create policy" }]}>
      <PageHead help="retraining#create-a-policy" title="Create policy" context={why && `Creating one ${why}.`} />
      <PolicyForm
        options={await policyOptions(ctx)}
        create={createPolicyAction}
        update={updatePolicyAction}
        why={why}
      />
    </Page>
  );
}
