"use client";

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { config } from "zod/v4/core";
import { NowProvider } from "#components/ui/now.tsx";
import { cssVariablesResolver, theme } from "#components/ui/theme.ts";
import { Toasts } from "#components/ui/toast.tsx";

interface ProvidersProps {
  /** Moment of rendering on the server. */
  now: number;
  /** Nonce of the page, for the style elements that components add. */
  nonce: string;
  children: ReactNode;
}

// In browsers, Zod would try whether it may compile code, which the policy of the pages forbids and reports. The server shares this setting
// with the API, whose schemas it should go on compiling.
if (typeof window !== "undefined") config({ jitless: true });

/** Provides the context of client components. */
export function Providers({ now, nonce, children }: ProvidersProps) {
  // A refresh brings the nonce of its own response, but the browser goes on with the policy of the page that it loaded.
  const [pageNonce] = useState(nonce);
  // For the styles of dialogs that lock scrolling.
  setNonce(pageNonce);
  // Live keys are refetched when an event names them, so nothing refetches automatically.
  const [queryClient] = useState(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 1 } } }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        getStyleNonce={() => pageNonce}
      >
        <NowProvider now={now}>{children}</NowProvider>
        <Toasts />
      </MantineProvider>
    </QueryClientProvider>
  );
}
