import { CopyButton } from "#components/ui/copy-button.tsx";
import classes from "./inference-address.module.css";
import { inferenceUrl } from "./request-snippets.ts";

/** Renders "POST /v2/models/digits/infer" with a button that copies the full address. */
export function InferenceAddress({ gatewayUrl, endpoint }: { gatewayUrl: string; endpoint: string }) {
  const url = inferenceUrl(gatewayUrl, endpoint);
  return (
    <span className={classes.address}>
      <code title={url}>POST {new URL(url).pathname}</code>
      <CopyButton value={url} label="Copy URL" />
    </span>
  );
}
