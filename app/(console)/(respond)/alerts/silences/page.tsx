import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { newSilenceHref } from "#components/alerting/alerts/addresses.ts";
import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { RecurrencesTable } from "#components/respond/silences/recurrences-table.tsx";
import { SilencesTable } from "#components/respond/silences/silences-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { silenceStates } from "#server/alerting/alerts/silences/contract.ts";
import { listSilenceRecurrences, listSilences } from "#server/respond/silences/queries.ts";
import { endRecurrenceAction, expireAction } from "./actions.ts";

export const metadata = { title: "Silences, Alerts" };

const labels = { active: "Active", pending: "Pending", expired: "Expired" };

export default async function SilencesPage({ searchParams }: PageProps<"/alerts/silences">) {
  const ctx = await requireContext();
  const query = await searchParams;
  const chosen = silenceStates.find((state) => state === query.state);
  const named = typeof query.silence === "string" ? query.silence : undefined;
  const [silences, recurrences] = await Promise.all([
    listSilences(ctx, { ...(chosen && { states: [chosen] }), limit: 200 }),
    listSilenceRecurrences(ctx),
  ]);
  const maySet = !denialReason(ctx.actor.role, "setSilence");
  return (
    <Page crumbs={alertsCrumbs("silences")} live>
      <LiveRefresh topics={["alert"]} everyMs={30_000} />
      <PageHead
        help="on-call#silences"
        title="Silences"
        context="Who silenced what, until when, and why"
        actions={
          maySet && (
            <>
              <ButtonLink href="/alerts/silences/recurring" variant="default">
                Create recurring silence…
              </ButtonLink>
              <ButtonLink href={newSilenceHref()}>Create silence…</ButtonLink>
            </>
          )
        }
      />
      <AlertsTabs current="silences" />
      <SegmentedLinks
        label="Filter silences"
        items={[
          { label: "All", href: "/alerts/silences", current: !chosen },
          ...silenceStates.map((state) => ({
            label: labels[state],
            href: `/alerts/silences?state=${state}`,
            current: state === chosen,
          })),
        ]}
      />
      <Panel flush>
        <SilencesTable
          silences={silences}
          named={named}
          expire={maySet ? expireAction : undefined}
          empty={
            <EmptyState title={chosen ? "No matching silences" : "No active silences"}>
              A silence suppresses notifications for alerts with matching labels for a limited time, such as during
              planned maintenance.
            </EmptyState>
          }
        />
      </Panel>
      <Panel id="recurring" title="Recurring" subtitle="each occurrence appears above one day before it starts" flush>
        {recurrences.length === 0 ? (
          <EmptyState title="No recurring silences">
            Use these for weekly maintenance, for example on Sunday nights.
          </EmptyState>
        ) : (
          <RecurrencesTable recurrences={recurrences} end={maySet ? endRecurrenceAction : undefined} />
        )}
      </Panel>
    </Page>
  );
}
