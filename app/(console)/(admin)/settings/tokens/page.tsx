import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { NewToken } from "#components/platform/identity/new-token.tsx";
import { TokensTable } from "#components/platform/identity/tokens-table.tsx";
import { Page } from "#components/shell/page.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { lastChanges } from "#server/admin/audit-log/queries.ts";
import type { Token } from "#server/platform/identity/contract.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { listTokens } from "#server/platform/identity/tokens/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { createTokenAction, revokeTokenAction } from "./actions.ts";

export const metadata: Metadata = { title: "Tokens, Settings" };

export default async function TokensPage({ searchParams }: { searchParams: Promise<{ after?: string | string[] }> }) {
  const ctx = await requireContext();
  const { after } = await searchParams;
  const viewer = await getViewer(ctx);
  const isAdmin = viewer.role === "admin";
  const { tokens, next } = await listTokens(ctx, typeof after === "string" ? { after } : {});
  const { endpoints } = await listEndpoints(ctx, { limit: 500 });
  const changes = await lastChanges(ctx, tokens.map(subjectOf));
  return (
    <Page crumbs={settingsCrumbs("tokens")}>
      <PageHead
        help="security#tokens"
        title="Tokens"
        context={
          <>
            {isAdmin ? "All tokens in this workspace" : "Your tokens; admins see all"}.{" "}
            <a href="/api/v1/docs">Available API operations</a>
          </>
        }
        actions={
          <NewToken
            action={createTokenAction}
            consoleUrl={runtime().config.publicUrl}
            endpoints={endpoints.map((endpoint) => endpoint.name)}
          />
        }
      />
      <SettingsTabs current="tokens" />
      <Panel flush>
        <TokensTable
          tokens={tokens.map((token) => ({ ...token, lastChange: changes.get(subjectOf(token)) }))}
          viewerName={viewer.name}
          withOwners={isAdmin}
          revoke={revokeTokenAction}
          empty={
            <EmptyState title="No tokens yet">
              API clients such as MLflow need a token. Create one here and set it where they run.
            </EmptyState>
          }
          foot={next && <Link href={`/settings/tokens?after=${next}`}>Older tokens</Link>}
        />
      </Panel>
    </Page>
  );
}

function subjectOf(token: Token): string {
  return `token/${token.prefix}`;
}
