"use client";

import { Page } from "#components/shell/page.tsx";
import { PageFailed } from "#components/shell/page-failed.tsx";

export default function ErrorInConsole({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Page crumbs={[{ label: "Error" }]}>
      <PageFailed trace={error.digest} onRetry={reset} />
    </Page>
  );
}
