import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { RegisterVersion } from "#components/develop/registry/models/register-version.tsx";
import { EditPolicy } from "#components/develop/registry/policy/edit-policy.tsx";
import { PolicyPanel } from "#components/develop/registry/policy/policy-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { Context } from "#server/base/context.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { registerAction } from "./actions.ts";
import { AllRequestsView } from "./all-requests-view.tsx";
import { setPolicyAction } from "./edit-actions.ts";
import { listGateSets } from "./gate-sets.ts";
import { ModelsView } from "./models-view.tsx";
import { maxUploadBytes } from "./upload-limit.ts";

export const metadata = { title: "Models" };

export default async function ModelsPage({ searchParams }: PageProps<"/models">) {
  const { after, view } = await searchParams;
  const ctx = await requireContext();
  return (
    <Page crumbs={[{ label: "Models" }]} live>
      <LiveRefresh topics={["model", "endpoint"]} />
      <PageHead
        help="connect-python#models"
        title="Models"
        actions={
          <RegisterVersion
            maxBytes={maxUploadBytes}
            apiUrl={`${runtime().config.publicUrl}/api/v1`}
            register={registerAction}
            why={denialReason(ctx.actor.role, "registerUpload")}
            primary
          />
        }
      />
      <Tabs
        label="Registry sections"
        items={[
          { label: "Models", href: "/models", current: view !== "requests" && view !== "policy" },
          { label: "Requests", href: "/models?view=requests", current: view === "requests" },
          { label: "Policy", href: "/models?view=policy", current: view === "policy" },
        ]}
      />
      {view === "requests" ? (
        <AllRequestsView ctx={ctx} />
      ) : view === "policy" ? (
        <DefaultPolicy ctx={ctx} />
      ) : (
        <ModelsView ctx={ctx} after={typeof after === "string" ? after : undefined} />
      )}
    </Page>
  );
}

/** Renders the default policy, for versions of models without their own. */
async function DefaultPolicy({ ctx }: { ctx: Context }) {
  const [inForce, sets] = await Promise.all([getPolicy(ctx), listGateSets(ctx)]);
  return (
    <PolicyPanel
      inForce={inForce}
      action={
        <EditPolicy
          inForce={inForce}
          sets={sets}
          save={setPolicyAction}
          why={denialReason(ctx.actor.role, "setPolicy")}
        />
      }
    />
  );
}
