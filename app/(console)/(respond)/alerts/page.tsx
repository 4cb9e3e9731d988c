import { requireContext } from "#app/_lib/context.ts";
import classes from "#components/alerting/alerts/alerts.module.css";
import { AlertsTabs, alertsCrumbs } from "#components/alerting/alerts/alerts-tabs.tsx";
import { GroupSearch } from "#components/alerting/alerts/groups/group-search.tsx";
import { GroupsTable } from "#components/alerting/alerts/groups/groups-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { FilterError } from "#components/ui/filter-bar.tsx";
import { plural } from "#components/ui/format.ts";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { AlertGroup, GroupState } from "#server/alerting/alerts/contract.ts";
import { listAlertGroups } from "#server/alerting/alerts/groups/queries.ts";
import type { Matcher } from "#server/alerting/alerts/matchers/contract.ts";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { onCallOf } from "./on-call-of.ts";

export const metadata = { title: "Alerts" };

const views: { key: string; label: string; states: GroupState[] }[] = [
  { key: "", label: "Open", states: ["firing", "acknowledged", "muted", "resolving"] },
  { key: "unacknowledged", label: "Unacknowledged", states: ["firing"] },
  { key: "muted", label: "Muted", states: ["muted"] },
  { key: "resolved", label: "Resolved, 24 h", states: ["resolved"] },
];
const shown = 50;

export default async function AlertsPage({ searchParams }: PageProps<"/alerts">) {
  const ctx = await requireContext();
  const query = await searchParams;
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "");
  const view = views.find(({ key }) => key === text("state")) ?? views[0];
  const states = view?.states ?? [];
  const q = text("q");
  const cursor = text("cursor");
  const { error, ...search } = readSearch(q);
  const [{ groups, next }, onCall] = await Promise.all([
    listAlertGroups(ctx, {
      states,
      limit: shown,
      ...search,
      ...(view?.key === "resolved" && { endedSince: new Date(Date.now() - dayMs) }),
      ...(cursor && { cursor }),
    }),
    onCallOf(ctx),
  ]);
  const address = (changes: Record<string, string>) => {
    const all = { state: view?.key ?? "", q, ...changes };
    const kept = new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ""));
    return kept.size > 0 ? `/alerts?${kept}` : "/alerts";
  };
  return (
    <Page crumbs={alertsCrumbs("alerts")} live>
      <LiveRefresh topics={["alert", "oncall"]} everyMs={15_000} />
      <PageHead
        help="on-call#alerts"
        title="Alerts"
        context="Firing alerts, grouped by notification"
        sentence={sentence(groups)}
      />
      <AlertsTabs current="alerts" />
      <div className={classes.bar}>
        <SegmentedLinks
          label="Filter groups"
          items={views.map(({ key, label }) => ({ label, href: address({ state: key }), current: key === view?.key }))}
        />
        <GroupSearch q={q} error={error} />
      </div>
      <Panel flush>
        <GroupsTable groups={groups} onCall={onCall} empty={<Nothing isFiltered={q !== "" || view?.key !== ""} />} />
      </Panel>
      {next && (
        <ButtonLink href={address({ cursor: next })} variant="default">
          Load more
        </ButtonLink>
      )}
    </Page>
  );
}

function sentence(groups: readonly AlertGroup[]): string | undefined {
  const pages = groups.filter(({ state, summary }) => state === "firing" && summary.severity === "page").length;
  if (pages > 0) return `${plural(pages, "page")} ${pages === 1 ? "needs" : "need"} attention.`;
  return groups.some(({ state }) => state === "firing") ? "No unacknowledged pages." : undefined;
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return <EmptyState title="No matching groups">Choose another state above, or broaden your search.</EmptyState>;
  return (
    <EmptyState
      title="No firing alerts"
      action={
        <ButtonLink href="/alerts/rules" variant="default">
          View rules
        </ButtonLink>
      }
    >
      SLOs come with alert rules, and you can add your own. Prometheus can send its alerts here as well.
    </EmptyState>
  );
}

interface Search {
  matchers?: Matcher[];
  search?: string;
  error?: FilterError;
}

/** Parses the search: matchers where there is an operator, else a part of the title. */
function readSearch(q: string): Search {
  if (q === "") return {};
  if (!/[={}]|!~/.test(q)) return { search: q.slice(0, 200) };
  try {
    return { matchers: parseMatchers(q) };
  } catch (error) {
    if (error instanceof DomainError) return { error: { message: error.message } };
    throw error;
  }
}
