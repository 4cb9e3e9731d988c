import { Copied } from "#components/develop/registry/copied.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Bundle, BundleFile } from "#server/release/bundles/contract.ts";
import { describeFile } from "./bundle-text.ts";

/** Shows the identity and the contents of a bundle. */
export function BundleContents({ bundle }: { bundle: Bundle }) {
  const { manifest, fileName, sha256, sealedAt } = bundle;
  const columns: Column<BundleFile>[] = [
    { key: "path", head: "File", cell: ({ path }) => <code>{path}</code> },
    { key: "what", head: "What", cell: (file) => describeFile(file, manifest) },
    { key: "size", head: "Size", align: "right", cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  ];
  return (
    <>
      <dl className="lw-facts">
        <dt>File</dt>
        <dd>
          {fileName}, sealed <RelativeTime at={sealedAt} />
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <Copied value={sha256} label="Copy the SHA-256 of the bundle" />
        </dd>
        <dt>Sealed by key</dt>
        <dd>
          <Copied value={manifest.seal.keyFingerprint} label="Copy the fingerprint of the key" />
          <a href="/api/v1/bundle-key.pem" download>
            Download the public key
          </a>
        </dd>
        <dt>Sample</dt>
        <dd>
          {manifest.sample
            ? "synthetic inputs and expected outputs for a self-check on the device"
            : `none: ${manifest.sampleProblem}`}
        </dd>
      </dl>
      <DataTable
        label="Bundle contents"
        rows={manifest.files}
        columns={columns}
        rowKey={({ path }) => path}
        density="compact"
        maxHeight="300px"
      />
    </>
  );
}
