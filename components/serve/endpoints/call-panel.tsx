import { CodeBlock } from "#components/ui/code-block.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { curlSnippet, requestsSnippet, type SnippetRequest, tritonSnippet } from "./request-snippets.ts";

interface CallPanelProps {
  gatewayUrl: string;
  endpoint: string;
  /** Example request that the served version accepts. */
  request: SnippetRequest;
}

/** Shows how to call an endpoint from outside. */
export function CallPanel({ gatewayUrl, endpoint, request }: CallPanelProps) {
  return (
    <Panel title="Send a request" subtitle="requires a token with the infer scope">
      <CodeBlock
        label="Language"
        examples={[
          { label: "curl", code: curlSnippet(gatewayUrl, endpoint, request) },
          { label: "Python", code: requestsSnippet(gatewayUrl, endpoint, request) },
          { label: "Triton", code: tritonSnippet(gatewayUrl, endpoint, request) },
        ]}
      />
    </Panel>
  );
}
