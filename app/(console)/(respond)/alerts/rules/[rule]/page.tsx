import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { ruleEditHref } from "#components/alerting/alerts/addresses.ts";
import { SeverityTag } from "#components/alerting/alerts/alert-text.tsx";
import classes from "#components/alerting/alerts/alerts.module.css";
import { alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { Fact } from "#components/alerting/alerts/fact.tsx";
import { EventsLog } from "#components/alerting/alerts/groups/events-log.tsx";
import { runbookHref } from "#components/respond/incidents/addresses.ts";
import { RuleActions } from "#components/respond/rules/rule-actions.tsx";
import { stateOf } from "#components/respond/rules/rule-lines.ts";
import { Precision, RuleBadge } from "#components/respond/rules/rules-table.tsx";
import { WatchedTable } from "#components/respond/rules/watched-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import { listAlertEvents } from "#server/alerting/alerts/history/queries.ts";
import { ruleQuality } from "#server/respond/alert-quality/rule-quality.ts";
import { archiveRuleAction, disableRuleAction, enableRuleAction } from "../actions.ts";
import { readRule } from "./read-rule.ts";

type Props = PageProps<"/alerts/rules/[rule]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${(await readRule((await params).rule)).name}, Alerts` };
}

export default async function RulePage({ params }: Props) {
  const ctx = await requireContext();
  const rule = await readRule((await params).rule);
  const ruleKey = `rule:${rule.id}`;
  const [{ events }, { rules }] = await Promise.all([listAlertEvents(ctx, { ruleKey, limit: 50 }), ruleQuality(ctx)]);
  const quality = rules.find((each) => each.ruleKey === ruleKey);
  const mayChange = !denialReason(ctx.actor.role, "updateAlertRule") && !rule.archivedAt;
  return (
    <Page crumbs={[...alertsCrumbs("rules", true), { label: rule.name }]} live>
      <LiveRefresh topics={["alert"]} everyMs={30_000} />
      {rule.archivedAt && <StaleLine>This rule is archived. Its notification history is kept.</StaleLine>}
      <PageHead
        help="on-call#alert-rules"
        title={rule.name}
        badges={
          <>
            <RuleBadge state={stateOf(rule)} filled />
            <SeverityTag severity={rule.severity} />
          </>
        }
        sentence={`Fires when: ${rule.words}`}
        actions={
          mayChange && (
            <>
              <RuleActions
                rule={rule}
                actorName={ctx.actor.name}
                enable={enableRuleAction}
                disable={disableRuleAction}
                archive={archiveRuleAction}
              />
              <ButtonLink href={ruleEditHref(rule.id)}>Edit…</ButtonLink>
            </>
          )
        }
      />
      {rule.problem && <StaleLine>Last evaluation failed: {rule.problem}</StaleLine>}
      {quality?.suggestion && <StaleLine>{quality.suggestion.words} You decide.</StaleLine>}
      <Columns columns="minmax(0, 1fr) 320px">
        <Stack>
          <Panel title="Monitored series" subtitle="firing first" flush>
            <WatchedTable
              states={rule.states}
              empty={<EmptyState title="Not evaluated yet">The worker evaluates rules every minute.</EmptyState>}
            />
          </Panel>
          <EventsLog events={events} />
        </Stack>
        <Panel title="Details">
          <dl className={classes.facts}>
            <Fact name="Endpoint">{rule.endpoint ?? "all endpoints"}</Fact>
            <Fact name="Team">{rule.team ?? <span className="lw-quiet">inherited from the endpoint</span>}</Fact>
            <Fact name="Runbook">
              {rule.runbookId ? (
                <Link href={runbookHref(rule.runbookId)}>{rule.runbook}</Link>
              ) : (
                <span className="lw-quiet">none</span>
              )}
            </Fact>
            <Fact name="Missing">{rule.missing.join(", ") || <span className="lw-quiet">nothing</span>}</Fact>
            <Fact name="Precision">
              <Precision quality={quality} />
            </Fact>
            <Fact name="Alert groups, 30 days">{quality?.groups ?? 0}</Fact>
            <Fact name="Without feedback">{quality?.unrated ?? 0}</Fact>
            <Fact name="Evaluated">
              {rule.evaluatedAt ? <RelativeTime at={rule.evaluatedAt} /> : <span className="lw-quiet">not yet</span>}
            </Fact>
            <Fact name="Created by">
              {rule.createdBy} <RelativeTime at={rule.createdAt} />
            </Fact>
          </dl>
        </Panel>
      </Columns>
    </Page>
  );
}
