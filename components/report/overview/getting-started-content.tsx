import type { ReactNode } from "react";
import type { SnippetRequest } from "#components/serve/endpoints/request-snippets.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { GettingStarted } from "#server/report/overview/contract.ts";
import { GettingStartedList, Progress } from "./getting-started-list.tsx";
import { openStep } from "./getting-started-steps.ts";

interface GettingStartedContentProps {
  state: GettingStarted;
  publicUrl: string;
  gatewayUrl: string;
  request?: SnippetRequest | undefined;
}

/** Renders the checklist with other resources for getting started. */
export function GettingStartedContent(props: GettingStartedContentProps) {
  const { state, publicUrl } = props;
  return (
    <>
      <LiveRefresh topics={["run", "experiment", "model", "endpoint", "settings"]} everyMs={5_000} />
      <PageHead
        help="getting-started#set-up-leeway"
        title="Set up Leeway"
        context={
          openStep(state)
            ? `${words[state.steps.length] ?? state.steps.length} steps from an empty workspace to a live prediction. You can undo each one.`
            : "Setup complete."
        }
        actions={<Progress state={state} />}
      />
      <Columns columns="minmax(0, 1fr) 320px">
        <GettingStartedList {...props} />
        <aside aria-label="More ways to start">
          <Panel title="Explore the demo first">
            <Text>
              The demo has two real models with runs and live traffic, in a separate folder. Stop Leeway, then run:
            </Text>
            <pre>
              <code>npm run demo</code>
            </pre>
          </Panel>
          <p className="lw-small lw-muted" style={{ padding: "14px 4px" }}>
            You can close this page; it stays available at <code>{publicUrl}/getting-started</code> and shows the same
            progress to everyone in the workspace.
          </p>
        </aside>
      </Columns>
    </>
  );
}

const words: Record<number, string> = { 5: "Five", 6: "Six", 7: "Seven" };

function Text({ children }: { children: ReactNode }) {
  return <p style={{ marginBottom: 8 }}>{children}</p>;
}
