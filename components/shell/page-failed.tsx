import { IconRefresh } from "@tabler/icons-react";
import { Panel } from "#components/ui/panel.tsx";
import { PlainButton } from "#components/ui/plain-button.tsx";
import { FailedState } from "#components/ui/states.tsx";

interface PageFailedProps {
  /** Leads to the log line with the cause. */
  trace: string | undefined;
  onRetry: () => void;
}

/** Renders the notice that a page could not be loaded. */
export function PageFailed({ trace, onRetry }: PageFailedProps) {
  return (
    <Panel flush>
      <h1 className="lw-hidden">Could not load this page</h1>
      <FailedState
        title="Could not load this page"
        trace={trace}
        action={
          <PlainButton onClick={onRetry}>
            <IconRefresh size={15} stroke={1.8} aria-hidden="true" /> Try again
          </PlainButton>
        }
      >
        The page failed to load. Nothing was changed, and other pages are not affected.
      </FailedState>
    </Panel>
  );
}
