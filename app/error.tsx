"use client";

import { PageFailed } from "#components/shell/page-failed.tsx";

export default function ErrorOutsideConsole({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main style={{ maxWidth: 640, margin: "12vh auto 0", padding: "0 24px" }}>
      <PageFailed trace={error.digest} onRetry={reset} />
    </main>
  );
}
