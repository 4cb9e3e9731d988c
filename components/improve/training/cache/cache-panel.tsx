import { DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, formatCount, formatCountOf, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { type CachedResult, maxCacheBytes } from "#server/improve/training/cache/contract.ts";
import { jobHref } from "../addresses.ts";
import { summariseCache } from "./cache-summary.ts";

/** So many are shown at first. */
const maxRows = 20;

/** Lists results of preprocessing steps, with their size, how often they were used instead of being made, and what that saved. */
export function CachePanel({
  results,
  allHref,
}: {
  results: readonly CachedResult[];
  /** Address of the page with all of them; undefined where it shows them. */
  allHref: string | undefined;
}) {
  const shown = allHref === undefined ? results : results.slice(0, maxRows);
  const { results: count, bytes, uses, savedSeconds, unusedSince } = summariseCache(results);
  return (
    <Panel
      id="cache"
      title="Prepared data"
      subtitle={
        count === 0
          ? "results of steps, computed once for equal inputs"
          : `${plural(count, "result")}, ${formatBytes(bytes)} of ${formatBytes(maxCacheBytes)}; used ${plural(uses, "time")}, which saved ${formatDuration(savedSeconds * 1000)}`
      }
      flush
    >
      <DataTable
        label="Results of preprocessing steps, used last first"
        density="dense"
        rows={shown}
        rowKey={({ key }) => key}
        columns={[
          {
            key: "step",
            head: "Step",
            cell: ({ step, key }) => (
              <>
                {step} <code className="lw-quiet">{key.slice(0, 8)}</code>
              </>
            ),
          },
          {
            key: "state",
            head: "State",
            cell: ({ state }) =>
              state === "done" ? (
                <StatusBadge state="on-target">Kept</StatusBadge>
              ) : (
                <StatusBadge state="running">In progress</StatusBadge>
              ),
          },
          {
            key: "size",
            head: "Size",
            align: "right",
            cell: ({ state, sizeBytes }) => (state === "done" ? formatBytes(sizeBytes) : noValue),
          },
          { key: "job", head: "Created by", cell: ({ jobId }) => <Link href={jobHref(jobId)}>{jobId}</Link> },
          {
            key: "took",
            head: "Duration",
            align: "right",
            cell: ({ seconds }) => (seconds === null ? noValue : formatDuration(seconds * 1000)),
          },
          { key: "uses", head: "Used", align: "right", cell: (result) => formatCount(result.uses) },
          {
            key: "saved",
            head: "Saved",
            align: "right",
            cell: (result) => (result.uses === 0 ? noValue : formatDuration(result.savedSeconds * 1000)),
          },
          { key: "made", head: "Made", align: "right", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
          { key: "last", head: "Last used", align: "right", cell: ({ usedAt }) => <RelativeTime at={usedAt} /> },
        ]}
        empty={
          <EmptyState title="No prepared data yet">
            A program that calls <code>cached</code> of <code>leeway_run</code> computes a step once; later jobs with
            the same code, parameters, inputs and packages reuse its files.
          </EmptyState>
        }
        foot={
          <>
            <span>
              {formatCountOf(shown.length, results.length)} results. Beyond {formatBytes(maxCacheBytes)}, the least
              recently used are removed first
              {unusedSince && (
                <>
                  ; the next one was last used <RelativeTime at={unusedSince} />
                </>
              )}
              .
            </span>
            {allHref !== undefined && shown.length < results.length && (
              <Link href={allHref} scroll={false}>
                Show all
              </Link>
            )}
          </>
        }
      />
    </Panel>
  );
}
