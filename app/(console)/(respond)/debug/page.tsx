import { requireContext } from "#app/_lib/context.ts";
import { debugJobHref } from "#components/improve/training/addresses.ts";
import { JobState } from "#components/improve/training/jobs/job-state.tsx";
import { EndpointsTable } from "#components/respond/endpoint-states/endpoints-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listJobs } from "#server/improve/training/jobs/queries.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";

export const metadata = { title: "Debug" };

/** Training jobs that are listed below the endpoints. */
const newestJobs = 10;

export default async function DebugPage() {
  const ctx = await requireContext();
  const { endpoints } = await listEndpoints(ctx);
  const described = await withStates(ctx, endpoints);
  const jobs = await listJobs(ctx, { limit: newestJobs });
  return (
    <Page crumbs={[{ label: "Debug" }]} live>
      <LiveRefresh topics={["endpoint", "training"]} everyMs={30_000} />
      <PageHead
        help="monitoring#debug"
        title="Debug"
        context="Everything about one endpoint over one time range, or about one training job"
      />
      <Panel title="Endpoints" flush>
        {endpoints.length === 0 ? (
          <EmptyState title="No endpoints yet">
            Create one and deploy a version; predictions are counted from the first request on.
          </EmptyState>
        ) : (
          <EndpointsTable endpoints={described} hrefOf={(name) => `/debug/${encodeURIComponent(name)}`} />
        )}
      </Panel>
      {jobs.length > 0 && (
        <Panel title="Training jobs" subtitle="newest first">
          <dl className="lw-facts">
            {jobs.map(({ id, name, state }) => (
              <div key={id} style={{ display: "contents" }}>
                <dt>
                  <Link href={debugJobHref(id)}>{name}</Link>
                </dt>
                <dd>
                  <JobState state={state} />
                </dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
    </Page>
  );
}
