"use client";

import { MantineProvider } from "@mantine/core";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
// Layouts are loaded first, and what they load is not loaded again: otherwise each page, its loading state, its errors and the page for what is
// missing would bring their own copy of the frame that they share.
import "#components/shell/not-found-page.tsx";
import "#components/shell/page-failed.tsx";
import { NowProvider } from "#components/ui/now.tsx";
import { QueryHolderProvider } from "#components/ui/query-holder.tsx";
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
// with the API, whose schemas it should go on compiling. Set where Zod looks for it, so that pages without a schema do not load Zod.
if (typeof window !== "undefined") Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

/** Provides the context of client components. */
export function Providers({ now, nonce, children }: ProvidersProps) {
  // A refresh brings the nonce of its own response, but the browser goes on with the policy of the page that it loaded.
  const [pageNonce] = useState(nonce);
  // For the styles of dialogs that lock scrolling.
  setNonce(pageNonce);
  return (
    <QueryHolderProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        getStyleNonce={() => pageNonce}
      >
        <NowProvider now={now}>{children}</NowProvider>
        <Toasts />
      </MantineProvider>
    </QueryHolderProvider>
  );
}
