"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { NowProvider } from "#components/ui/now.tsx";
import { cssVariablesResolver, theme } from "#components/ui/theme.ts";

/** Provides the context of client components. `now` is the moment of rendering on the server. */
export function Providers({ now, children }: { now: number; children: ReactNode }) {
  // Live keys are refetched when an event names them, so nothing refetches automatically.
  const [queryClient] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 1 } } }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <NowProvider now={now}>{children}</NowProvider>
        <Notifications position="bottom-right" limit={3} autoClose={6000} transitionDuration={120} />
      </MantineProvider>
    </QueryClientProvider>
  );
}
