"use client";

import { useShell } from "#components/shell/shell-context.tsx";
import { CodeBlock, type CodeExample } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import classes from "./first-view.module.css";

export interface StoreAddresses {
  /** Of the REST interface, without a slash at the end. */
  apiUrl: string;
  /** Of look-ups by Feast's clients. */
  onlineUrl: string;
  /** Host and port of definitions and training sets by Feast's clients. */
  registry: { host: string; port: number };
}

/**
 * Renders the shortest ways to define a view and to write rows, with the addresses of this installation.
 * @param now time of the row of the example
 */
export function FirstView({ addresses, now }: { addresses: StoreAddresses; now: string }) {
  const { slug } = useShell().workspaces.current;
  const examples = [curlExample(addresses, now), feastExample(addresses, slug)];
  return (
    <EmptyState title="No feature views yet">
      <p>
        Create one here, by REST, or with <code>feast apply</code> of the unmodified Python package. You need a token
        with the scopes features:define and features:write: <Link href="/settings/tokens">create one</Link>.
      </p>
      <div className={classes.code}>
        <CodeBlock label="Define a view with" examples={examples} />
      </div>
    </EmptyState>
  );
}

/** Renders the ways to write rows of a view that has none. */
export function FirstRows({ addresses, view, columns }: { addresses: StoreAddresses; view: string; columns: object }) {
  const { slug } = useShell().workspaces.current;
  const examples = [{ label: "curl", code: writeRows(addresses, view, columns) }, feastExample(addresses, slug)];
  return (
    <EmptyState title="No rows yet">
      <p>Write rows by REST, or point Feast’s Python package at this installation and push.</p>
      <div className={classes.code}>
        <CodeBlock label="Write rows with" examples={examples} />
      </div>
    </EmptyState>
  );
}

const json = '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"';

function curlExample(addresses: StoreAddresses, now: string): CodeExample {
  const put = (path: string, body: object) =>
    `curl -X PUT ${addresses.apiUrl}/${path} \\\n  ${json} \\\n  -d '${JSON.stringify(body)}'`;
  const features = [{ name: "conv_rate", type: "float64", rules: { min: 0, max: 1 } }];
  const columns = {
    driver_id: [1001],
    event_timestamp: [now],
    conv_rate: [0.52],
  };
  return {
    label: "curl",
    code: [
      put("feature-entities/driver", { joinKey: "driver_id", type: "int64" }),
      put("feature-views/driver_stats", { entities: ["driver"], ttlUs: 86_400_000_000, features }),
      writeRows(addresses, "driver_stats", columns),
    ].join("\n\n"),
  };
}

function writeRows({ apiUrl }: StoreAddresses, view: string, columns: object): string {
  return `curl -X POST ${apiUrl}/features/rows \\\n  ${json} \\\n  -d '${JSON.stringify({ view, columns }).replaceAll("'", "'\\''")}'`;
}

function feastExample({ onlineUrl, registry: { host, port } }: StoreAddresses, slug: string): CodeExample {
  return {
    label: "feature_store.yaml",
    code: [
      '# pip install "feast[remote]"; export LEEWAY_TOKEN=…   the secret of the token',
      `project: ${slug.replaceAll("-", "_")}`,
      "provider: local",
      `registry: {registry_type: remote, path: "${host}:${port}"}`,
      `online_store: {type: remote, path: "${onlineUrl}"}`,
      `offline_store: {type: remote, host: ${host}, port: ${port}}`,
      "auth: {type: oidc, token_env_var: LEEWAY_TOKEN}",
    ].join("\n"),
  };
}
