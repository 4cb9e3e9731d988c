import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { columnDecimals, formatNumber, formatPercent, formatUnit, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { ProviderBadge, Tag } from "#components/ui/tag.tsx";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { GatewayView, LoadedVersion } from "#server/serve/gateways/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import classes from "./deployments-table.module.css";

interface DeploymentsTableProps {
  /** Deployments, newest first; the first one is the desired state. */
  history: Deployment[];
  gateways: GatewayView[];
  /** Numbers by version over the range of the page. */
  versions: Pick<EndpointSeries["versions"][number], "versionId" | "total">[];
}

/** Lists the deployments of an endpoint with time, author and reason, and the numbers of each version. */
export function DeploymentsTable({ history, gateways, versions }: DeploymentsTableProps) {
  const [current] = history;
  const byVersion = new Map(versions.map(({ versionId, total }) => [versionId, total]));
  // Numbers are counted by version, so they stand once: beside its newest deployment.
  const newest = history.filter((row, at) => history.findIndex(({ versionId }) => versionId === row.versionId) === at);
  const totals = new Map(newest.map((row) => [row, byVersion.get(row.versionId)]));
  const known = versions.map(({ total }) => total);
  const rate = { decimals: columnDecimals(known.map((each) => each.requestsPerSecond)) };
  const p95 = { decimals: columnDecimals(known.map((each) => each.latencyMsP95)) };
  const columns: Column<Deployment>[] = [
    {
      key: "version",
      head: "Version",
      cell: (row) => (
        <>
          <VersionMark deployment={row} shown={history} /> {row.modelName} v{row.version}
        </>
      ),
    },
    {
      key: "state",
      head: "State",
      cell: (row) => (row === current ? <CurrentState deployment={row} gateways={gateways} /> : <Replaced />),
    },
    {
      key: "deployed",
      head: "Deployed",
      cell: ({ deployedAt, deployedBy }) => (
        <>
          <RelativeTime at={deployedAt} /> <span className="lw-muted">by {deployedBy}</span>
        </>
      ),
    },
    {
      key: "rate",
      head: "Requests/s",
      align: "right",
      cell: (row) => formatNumber(totals.get(row)?.requestsPerSecond, rate),
    },
    {
      key: "p95",
      head: "p95",
      align: "right",
      cell: (row) => formatUnit(totals.get(row)?.latencyMsP95, "ms", p95),
    },
    {
      key: "errors",
      head: "Errors",
      align: "right",
      cell: (row) => {
        const total = totals.get(row);
        return formatPercent(total && total.requests > 0 ? total.serverErrors / total.requests : null);
      },
    },
    {
      key: "runs",
      head: "Runs on",
      cell: (row) => <RunsOn deployment={row} gateways={row === current ? gateways : []} />,
    },
    {
      key: "reason",
      head: "Reason",
      width: 240,
      isText: true,
      cell: ({ reason }) => reason || <span className="lw-quiet">no reason given</span>,
    },
  ];
  return (
    <DataTable
      label="Deployments, newest first"
      density="dense"
      rows={history}
      columns={columns}
      rowKey={({ id }) => String(id)}
      rowHref={({ modelName, version }) => versionHref(modelName, version)}
    />
  );
}

function VersionMark({ deployment, shown }: { deployment: Deployment; shown: readonly Deployment[] }) {
  const styles = styleVersions(shown.map(({ modelName, version }) => ({ model: modelName, version })));
  const style = styles[shown.indexOf(deployment)];
  return style && <SeriesSwatch style={style} />;
}

function CurrentState({ deployment, gateways }: { deployment: Deployment; gateways: GatewayView[] }) {
  const loaded = gateways.flatMap(({ versions }) => versions.filter((each) => each.versionId === deployment.versionId));
  const failed = loaded.find(({ state }) => state === "failed");
  if (failed) {
    return (
      <span title={failed.message}>
        <StatusBadge state="missed">Failed to load</StatusBadge>
      </span>
    );
  }
  if (loaded.some(({ state }) => state === "ready")) return <StatusBadge state="on-target">Serving</StatusBadge>;
  return gateways.length === 0 ? (
    <StatusBadge state="missed">No gateway</StatusBadge>
  ) : (
    <StatusBadge state="running">Loading</StatusBadge>
  );
}

function Replaced() {
  return <StatusBadge state="finished">Replaced</StatusBadge>;
}

/** Renders the engines whose circuit is open or half-open; the title states the reason. */
function Circuits({ versions }: { versions: LoadedVersion[] }) {
  const cut = versions.flatMap(({ engine }) => (engine && engine.circuit !== "closed" ? engine : []));
  const [first] = cut;
  if (!first) return null;
  const isOpen = cut.some(({ circuit }) => circuit === "open");
  return (
    <span title={first.message}>
      <Tag tone="watch">
        circuit {isOpen ? "open" : "half-open"}
        {versions.length > 1 && ` on ${cut.length} of ${versions.length}`}
      </Tag>
    </span>
  );
}

/** Shows that workers of a version were lost, and why the latest was. */
function Losses({ versions }: { versions: LoadedVersion[] }) {
  const lost = versions.flatMap(({ losses }) => losses ?? []).sort((a, b) => b.at - a.at);
  const [latest] = lost;
  if (!latest) return null;
  const count = lost.reduce((sum, each) => sum + each.count, 0);
  return (
    <span title={`Latest, ${new Date(latest.at).toISOString()}: ${latest.reason}`}>
      <Tag tone="watch">{plural(count, "worker")} lost</Tag>
    </span>
  );
}

/** Shows which provider runs on each gateway, and why the requested one does not. */
function RunsOn({ deployment, gateways }: { deployment: Deployment; gateways: GatewayView[] }) {
  const ready = gateways.flatMap(({ versions }) =>
    versions.filter((each) => each.versionId === deployment.versionId && each.state === "ready"),
  );
  const counts = Map.groupBy(ready, ({ provider }) => provider ?? "cpu");
  if (counts.size === 0) return <span className="lw-quiet">not loaded</span>;
  return (
    <span className={classes.providers}>
      {[...counts].map(([provider, versions]) => {
        const fallback = versions[0]?.fallbacks?.[0];
        const why = fallback && `Not running on ${providerName(fallback.provider)}: ${fallback.reason}`;
        return (
          <span className={classes.providers} title={why} key={provider}>
            <ProviderBadge provider={provider} />
            {versions.length > 1 && <span className="lw-number">× {versions.length}</span>}
            {fallback && <Tag tone="watch">not on {providerName(fallback.provider)}</Tag>}
            <Circuits versions={versions} />
            <Losses versions={versions} />
          </span>
        );
      })}
    </span>
  );
}
