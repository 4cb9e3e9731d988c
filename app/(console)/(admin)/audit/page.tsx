import { Button } from "@mantine/core";
import type { Metadata } from "next";
import { requireContext } from "#app/_lib/context.ts";
import { auditAddress, auditView } from "#components/admin/audit-log/audit-address.ts";
import { AuditFilter } from "#components/admin/audit-log/audit-filter.tsx";
import { AuditTable } from "#components/admin/audit-log/audit-table.tsx";
import { AuditTabs } from "#components/admin/audit-log/audit-tabs.tsx";
import { ChangePanel } from "#components/admin/audit-log/change-panel.tsx";
import { IntegrityPanel } from "#components/admin/audit-log/integrity-panel.tsx";
import { Page } from "#components/shell/page.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { getAuditIntegrity } from "#server/admin/audit-log/get-audit-integrity.ts";
import { parseFilter } from "#server/admin/audit-log/parse-filter.ts";
import { getAuditEvent, readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { isInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";

export const metadata: Metadata = { title: "Audit log" };

const contexts = {
  workspace: "Every change by a person, a token or Leeway itself, newest first",
  "own-sign-ins": "Sign-ins to your account and failed attempts, newest first",
  installation: "Sign-ins to all accounts and failed attempts, newest first",
};

interface AuditPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const ctx = await requireContext();
  const view = auditView(await searchParams);
  const { problem } = parseFilter(view.q, new Date());
  const { scope } = view;
  const q = problem ? "" : view.q;
  const { events, next } = await readAuditLog(ctx, { q, scope, before: view.before });
  const integrity = ctx.actor.role === "admin" ? await getAuditIntegrity(ctx) : undefined;
  const entry = view.entry === undefined ? undefined : await existing(ctx, view.entry);
  const table = (
    <Panel flush>
      <AuditTable events={events} next={next} view={view} />
    </Panel>
  );
  return (
    <Page crumbs={[{ label: "Audit log" }]}>
      <PageHead
        help="security#audit-log"
        title="Audit log"
        context={contexts[scope ?? "workspace"]}
        actions={
          <Button
            component="a"
            variant="default"
            href={`/api/v1/audit.csv?${new URLSearchParams({ q, scope: scope ?? "workspace" })}`}
          >
            Export as CSV
          </Button>
        }
      />
      <AuditTabs scope={scope} isInstanceAdmin={await isInstanceAdmin(ctx)} />
      <AuditFilter q={view.q} scope={scope} error={problem} />
      {entry ? (
        <Columns columns="minmax(0, 1fr) 348px">
          {table}
          <ChangePanel event={entry} closeHref={auditAddress({ ...view, entry: undefined })} />
        </Columns>
      ) : (
        table
      )}
      {integrity && <IntegrityPanel integrity={integrity} />}
    </Page>
  );
}

/** Returns the entry of an address; undefined if it belongs to another workspace or no longer exists. */
async function existing(ctx: Context, id: number) {
  return getAuditEvent(ctx, id).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  });
}
