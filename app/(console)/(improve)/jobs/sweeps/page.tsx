import { IconPlus } from "@tabler/icons-react";
import Link from "next/link";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { newSweepHref } from "#components/improve/training/addresses.ts";
import { SweepsTable } from "#components/improve/training/sweeps/sweeps-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listSweeps } from "#server/improve/training/sweeps/queries.ts";

export const metadata = { title: "Sweeps, Jobs" };

export default async function SweepsPage() {
  const ctx = await requireContext();
  const sweeps = await listSweeps(ctx, { limit: 200 });
  const why = denialReason(ctx.actor.role, "startSweep");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Sweeps" }]} live>
      <LiveRefresh topics={["training"]} />
      <PageHead
        title="Sweeps"
        help="training#sweeps"
        context="Jobs that try parameters, and are compared by a metric"
        actions={
          <KeyLink
            href={newSweepHref()}
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={why}
            primary
          >
            Start sweep…
          </KeyLink>
        }
      />
      <Panel flush>
        {sweeps.length === 0 ? (
          <EmptyState
            title="No sweeps yet"
            action={why === undefined && <Link href={newSweepHref()}>Start a sweep</Link>}
          >
            A sweep runs a template with other parameters each time: every combination, or values drawn at random.
            Trials that fall behind can be ended early.
          </EmptyState>
        ) : (
          <SweepsTable sweeps={sweeps} />
        )}
      </Panel>
    </Page>
  );
}
