import { IconPlus } from "@tabler/icons-react";
import { z } from "zod";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { newSweepHref, sweepsPath } from "#components/improve/training/addresses.ts";
import { SweepsTable } from "#components/improve/training/sweeps/sweeps-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatNewest } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { countSweeps, listSweeps } from "#server/improve/training/sweeps/queries.ts";

export const metadata = { title: "Sweeps, Jobs" };

const pageSize = 50;

export default async function SweepsPage({ searchParams }: PageProps<"/jobs/sweeps">) {
  const ctx = await requireContext();
  const before = z
    .uuid()
    .optional()
    .catch(undefined)
    .parse((await searchParams).before);
  const found = await listSweeps(ctx, { limit: pageSize + 1, ...(before !== undefined && { before }) });
  const sweeps = found.slice(0, pageSize);
  const last = found.length > pageSize ? sweeps.at(-1) : undefined;
  const total = await countSweeps(ctx);
  const why = denialReason(ctx.actor.role, "startSweep");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Sweeps" }]} live>
      <LiveRefresh topics={["training"]} />
      <PageHead
        title="Sweeps"
        help="training#sweeps"
        context="Jobs with different parameters, compared by a metric"
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
        {total === 0 ? (
          <EmptyState
            title="No sweeps yet"
            action={why === undefined && <Link href={newSweepHref()}>Start a sweep</Link>}
          >
            A sweep runs a template with different parameters: every combination, or random values. Poor trials can be
            stopped early.
          </EmptyState>
        ) : (
          <SweepsTable
            sweeps={sweeps}
            foot={
              <>
                <span>{formatNewest(sweeps.length, total, { isFirst: before === undefined })} sweeps</span>
                {before !== undefined && <Link href={sweepsPath}>Newest</Link>}
                {last && <Link href={`${sweepsPath}?before=${last.id}`}>Older</Link>}
              </>
            }
          />
        )}
      </Panel>
    </Page>
  );
}
