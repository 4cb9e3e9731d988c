import type { Metadata } from "next";
import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { SettingsTabs, settingsCrumbs } from "#components/admin/settings/settings-tabs.tsx";
import { PolicyForm } from "#components/develop/registry/security/policy-form.tsx";
import { TrustKey } from "#components/develop/registry/security/trust-key.tsx";
import { TrustedKeysTable } from "#components/develop/registry/security/trusted-keys-table.tsx";
import { BundleKeyPanel } from "#components/release/bundles/bundle-key-panel.tsx";
import { Page } from "#components/shell/page.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { signingExample } from "#server/develop/registry/security/contract.ts";
import { getSecurityPolicy, listTrustedKeys } from "#server/develop/registry/security/queries.ts";
import { getBundleKey } from "#server/release/bundles/queries.ts";
import { addTrustedKeyAction, revokeTrustedKeyAction, setSecurityPolicyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Security, Settings" };

export default async function SecurityPage() {
  const ctx = await requireContext();
  const keys = await listTrustedKeys(ctx);
  const policy = await getSecurityPolicy(ctx);
  const bundleKey = await getBundleKey(ctx);
  const { role, name } = ctx.actor;
  const why = denialReason(role, "addTrustedKey");
  const address = `${runtime().config.publicUrl}/api/v1/models/MODEL/versions`;
  return (
    <Page crumbs={settingsCrumbs("security")}>
      <PageHead
        help="security#model-files"
        title="Security"
        context="Which versions may be deployed, and which signing keys are trusted"
        actions={<TrustKey action={addTrustedKeyAction} why={why} />}
      />
      <SettingsTabs current="security" />
      <Panel title="Trusted keys" subtitle="signatures by these keys are accepted" flush>
        <TrustedKeysTable
          keys={keys}
          revoke={why ? undefined : revokeTrustedKeyAction}
          actorName={name}
          empty={
            <EmptyState title="No trusted keys yet">
              Unsigned versions are allowed. To verify that a version comes from your pipeline, sign it there and add
              the pipeline's public key here.
            </EmptyState>
          }
        />
      </Panel>
      <Columns columns="1fr 1fr">
        <Panel title="Deployment policy" subtitle="applies to every endpoint in this workspace">
          <PolicyForm policy={policy} actorName={name} action={setSecurityPolicyAction} why={why} />
        </Panel>
        <Panel title="How to sign" subtitle="Ed25519 over the version's SHA-256 digest, as 64 hexadecimal characters">
          <CodeBlock
            label="Example"
            examples={[
              { label: "Sign", code: signingExample },
              {
                label: "Upload",
                code: `curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/octet-stream" \\\n  --data-binary @model.onnx -G --data-urlencode "signature=$(cat signature)" -X POST \\\n  ${address}`,
              },
              {
                label: "Later",
                code: `curl -X PUT -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n  -d "{\\"signature\\": \\"$(cat signature)\\"}" \\\n  ${address}/1/signature`,
              },
              {
                label: "MLflow",
                code: `client.set_model_version_tag("MODEL", "1", "leeway.signature", open("signature").read())`,
              },
            ]}
          />
        </Panel>
      </Columns>
      <BundleKeyPanel bundleKey={bundleKey} />
    </Page>
  );
}
