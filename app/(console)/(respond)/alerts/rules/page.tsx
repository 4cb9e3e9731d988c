import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { ruleLines } from "#components/respond/rules/rule-lines.ts";
import { RulesTable } from "#components/respond/rules/rules-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatNumber, plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { newSloHref } from "#components/watch/slo/addresses.ts";
import { listAlerts } from "#server/alerting/alerts/alert-queries.ts";
import type { AlertQuality } from "#server/respond/alert-quality/contract.ts";
import { ruleQuality } from "#server/respond/alert-quality/rule-quality.ts";
import { listAlertRules } from "#server/respond/rules/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";

export const metadata = { title: "Rules, Alerts" };

/** Beyond so many that fire, a rule from outside may look quiet. */
const maxAlerts = 2_000;

export default async function RulesPage() {
  const ctx = await requireContext();
  const [{ slos }, own, quality, { alerts }] = await Promise.all([
    listSlos(ctx),
    listAlertRules(ctx),
    ruleQuality(ctx),
    listAlerts(ctx, { limit: maxAlerts }),
  ]);
  const lines = ruleLines({ slos, own, quality, firing: new Set(alerts.map(({ ruleKey }) => ruleKey)) });
  return (
    <Page crumbs={alertsCrumbs("rules")} live>
      <LiveRefresh topics={["alert", "slo"]} everyMs={30_000} />
      <PageHead
        help="on-call#alert-rules"
        title="Rules"
        context="SLO burn-rate rules and your own alert rules"
        sentence={sentence(quality)}
        actions={
          !denialReason(ctx.actor.role, "createAlertRule") && (
            <ButtonLink href="/alerts/rules/new">Create rule…</ButtonLink>
          )
        }
      />
      <AlertsTabs current="rules" />
      <Panel flush>
        <RulesTable
          lines={lines}
          empty={
            <EmptyState
              title="No rules yet"
              action={
                <ButtonLink href={newSloHref()} variant="default">
                  Define an SLO
                </ButtonLink>
              }
            >
              Start with an SLO: it alerts on how fast the error budget burns instead of on a single threshold.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}

function sentence({ pages, nightPages, pagesPerShift, missed }: AlertQuality): string {
  const shift = pagesPerShift === null ? "" : `, ${formatNumber(pagesPerShift)} a shift`;
  const found =
    missed.incidents === 0
      ? ""
      : ` ${missed.missed} of ${plural(missed.incidents, "incident")} started without a page.`;
  return `${plural(pages, "page")} in the last 30 days, ${nightPages} at night${shift}.${found}`;
}
