import { Copied } from "#components/develop/registry/copied.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import classes from "#components/ui/dialog.module.css";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { BundleKey } from "#server/release/bundles/contract.ts";

/** Renders the public key with which devices verify that a bundle comes from this installation. */
export function BundleKeyPanel({ bundleKey }: { bundleKey: BundleKey }) {
  const { fingerprint, pem, createdAt } = bundleKey;
  return (
    <Panel
      title="Bundle signing key"
      subtitle="one per installation; devices verify bundles with it"
      right={
        <a href="/api/v1/bundle-key.pem" download>
          Download
        </a>
      }
    >
      <div className={classes.body}>
        <dl className="lw-facts">
          <dt>Fingerprint</dt>
          <dd>
            <Copied value={fingerprint} label="Copy the fingerprint" />
          </dd>
          <dt>Created</dt>
          <dd>
            <RelativeTime at={createdAt} />
          </dd>
        </dl>
        <CodeBlock
          examples={[
            { label: "Public key", code: pem.trim() },
            {
              label: "Check a bundle",
              code: `unzip -p BUNDLE verify.py > verify.py\npython3 verify.py BUNDLE --key leeway-bundle-key.pem`,
            },
          ]}
        />
      </div>
    </Panel>
  );
}
