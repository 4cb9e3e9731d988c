import { IconPlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { retrainingPath } from "#components/improve/retraining/addresses.ts";
import { PoliciesTable } from "#components/improve/retraining/policies-table.tsx";
import { policyState } from "#components/improve/retraining/policy-text.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listRetrainingPolicies } from "#server/improve/retraining/policies/queries.ts";

export const metadata = { title: "Retraining" };

export default async function RetrainingPage() {
  const ctx = await requireContext();
  const policies = await listRetrainingPolicies(ctx, { limit: 500 });
  const open = policies.filter(({ openCycle }) => openCycle !== null).length;
  const held = policies.filter((policy) => policyState(policy).word === "On hold").length;
  const now = Date.now();
  return (
    <Page crumbs={[{ label: "Retraining" }]} live>
      <LiveRefresh topics={["retraining"]} everyMs={60_000} />
      <PageHead
        help="retraining#before-you-create-a-policy"
        title="Retraining"
        context={policies.length > 0 && `${plural(open, "open cycle")}, ${held} on hold`}
        actions={
          <KeyLink
            href={`${retrainingPath}/new`}
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={denialReason(ctx.actor.role, "createRetrainingPolicy")}
            primary
          >
            Create policy…
          </KeyLink>
        }
      />
      <Panel flush>
        <PoliciesTable
          policies={policies}
          now={now}
          empty={
            <EmptyState title="No policies yet" action={<Link href={`${retrainingPath}/new`}>Create a policy</Link>}>
              A policy retrains a model on drift, low quality, new labels or a schedule. It needs a job template and a
              frozen evaluation set that is not used for training.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
