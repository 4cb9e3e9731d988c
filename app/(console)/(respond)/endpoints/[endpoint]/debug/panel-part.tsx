import { type ReactNode, Suspense } from "react";
import { Panel } from "#components/ui/panel.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { log } from "#server/base/log.ts";

interface PartProps {
  title: string;
  height: number;
  children: () => Promise<ReactNode>;
}

/** Renders a panel that is loaded separately: its failure does not affect others, and nothing waits for it. */
export function Part({ title, height, children }: PartProps) {
  const waiting = (
    <Panel title={title}>
      <Skeleton height={height} />
    </Panel>
  );
  return (
    <Suspense fallback={waiting}>
      <Read title={title}>{children}</Read>
    </Suspense>
  );
}

async function Read({ title, children }: Omit<PartProps, "height">) {
  try {
    return await children();
  } catch (cause) {
    log.error("page.part-failed", { part: title, cause });
    return (
      <Panel title={title}>
        <FailedState title={`Could not load ${title}`}>
          See the log of the web role for details. The other panels are unaffected; reload the page to retry.
        </FailedState>
      </Panel>
    );
  }
}
