import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { newSloHref } from "#components/watch/slo/addresses.ts";
import { OpenSloButton } from "#components/watch/slo/exchange/open-slo-button.tsx";
import { groupSlos, type SloView, slosSentence, sloViews } from "#components/watch/slo/group-slos.ts";
import { SlosTable } from "#components/watch/slo/slos-table.tsx";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import { importOpenSloAction } from "./actions.ts";

export const metadata = { title: "SLOs" };

export default async function SlosPage({ searchParams }: PageProps<"/slos">) {
  const ctx = await requireContext();
  const { view: requested, archived } = await searchParams;
  const view = sloViews.find(({ key }) => key === requested)?.key ?? "worst";
  const isArchived = archived === "true";
  const { slos } = await listSlos(ctx, { isArchived });
  const why = denialReason(ctx.actor.role, "createSlo");
  return (
    <Page crumbs={[{ label: "SLOs" }]} live>
      <LiveRefresh topics={["slo"]} everyMs={15_000} />
      <PageHead
        help="slos#create-an-slo"
        title={isArchived ? "Archived SLOs" : "SLOs"}
        context={
          isArchived
            ? "No longer evaluated; creating an SLO with the same name restores its history"
            : slosSentence(slos)
        }
        actions={
          <>
            {!isArchived && <SegmentedLinks label="Sort order" items={viewLinks(view)} />}
            <OpenSloButton importFile={importOpenSloAction} why={why} />
            {!why && <ButtonLink href={newSloHref()}>Create SLO…</ButtonLink>}
          </>
        }
      />
      {slos.length === 0 ? (
        <Panel>
          <EmptyState
            title={isArchived ? "No archived SLOs" : "No SLOs yet"}
            action={!why && !isArchived && <ButtonLink href={newSloHref()}>Create SLO…</ButtonLink>}
          >
            An SLO is a target such as “99.5% of requests served within 120 ms over 30 days”. The error budget is the
            share that may fail; its burn rate decides who is notified.
          </EmptyState>
        </Panel>
      ) : (
        groupSlos(slos, view).map(({ title, slos: group }) => (
          <Panel
            title={title}
            subtitle={view === "worst" ? "least error budget left first" : undefined}
            flush
            key={title}
          >
            <SlosTable slos={group} now={Date.now()} label={title} />
          </Panel>
        ))
      )}
      <p className="lw-small">
        <Link href={isArchived ? "/slos" : "/slos?archived=true"}>{isArchived ? "All SLOs" : "Archived SLOs"}</Link>
      </p>
    </Page>
  );
}

function viewLinks(view: SloView) {
  return sloViews.map(({ key, label }) => ({
    label,
    href: key === "worst" ? "/slos" : `/slos?view=${key}`,
    current: key === view,
  }));
}
