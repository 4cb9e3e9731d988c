import { IconPlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { enginesPath } from "#components/improve/training/addresses.ts";
import { CachePanel } from "#components/improve/training/cache/cache-panel.tsx";
import { EnginesTable } from "#components/improve/training/engines/engines-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listTrainingCache } from "#server/improve/training/cache/queries.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { listEngineUses } from "#server/improve/training/overview/queries.ts";

export const metadata = { title: "Engines, Jobs" };

export default async function EnginesPage({ searchParams }: PageProps<"/jobs/engines">) {
  const { cache } = await searchParams;
  const ctx = await requireContext();
  const engines = await listEngines(ctx);
  const uses = await listEngineUses(ctx);
  const why = denialReason(ctx.actor.role, "createEngine");
  return (
    <Page crumbs={[{ label: "Jobs", href: "/jobs" }, { label: "Engines" }]} live>
      <LiveRefresh topics={["training"]} everyMs={10_000} />
      <PageHead
        help="training#engines"
        title="Engines"
        context="Where training jobs run"
        actions={
          <KeyLink
            href={`${enginesPath}/new`}
            letter="N"
            icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
            why={why}
            primary
          >
            Add engine…
          </KeyLink>
        }
      />
      <Panel flush>
        {engines.length === 0 ? (
          <EmptyState
            title="No engines yet"
            action={why === undefined && <Link href={`${enginesPath}/new`}>Add an engine</Link>}
          >
            Jobs run on engines: this machine, Ray, Kubernetes or Slurm.
          </EmptyState>
        ) : (
          <EnginesTable engines={engines} uses={uses} />
        )}
      </Panel>
      <CachePanel
        results={await listTrainingCache(ctx)}
        allHref={cache === "all" ? undefined : `${enginesPath}?cache=all#cache`}
      />
    </Page>
  );
}
