import { curlSnippet, type SnippetRequest } from "#components/serve/endpoints/request-snippets.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { headerOf } from "./game-day-text.ts";

interface HeaderPanelProps {
  day: Pick<GameDay, "number" | "endpoint">;
  gatewayUrl: string;
  /** Example request that the served version accepts, if there is one. */
  request: SnippetRequest | undefined;
}

/** Shows how a request asks to be affected by a running game day that affects no others. */
export function HeaderPanel({ day, gatewayUrl, request }: HeaderPanelProps) {
  const header = headerOf(day);
  return (
    <Panel title="Only with the header" subtitle="requires an operator’s token with the infer scope">
      <PanelSection>
        <code>{header}</code> <CopyButton value={header} label="Copy the header" />
      </PanelSection>
      {request && (
        <CodeBlock examples={[{ label: "curl", code: curlSnippet(gatewayUrl, day.endpoint.name, request, header) }]} />
      )}
    </Panel>
  );
}
