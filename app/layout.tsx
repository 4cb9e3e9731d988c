import "@mantine/core/styles.layer.css";
import "@mantine/dropzone/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "#components/ui/tokens.css";
import "#components/ui/base.css";
import "#components/ui/mantine.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { FollowMlflowLink } from "#components/shell/follow-mlflow-link.tsx";
import { Providers } from "./providers.tsx";

export const metadata: Metadata = {
  title: { default: "Leeway", template: "%s, Leeway" },
  description: "A control plane for deep-learning models in production",
  icons: { icon: "/mark.svg" },
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f1f3f6" },
    { media: "(prefers-color-scheme: dark)", color: "#0a0d11" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Set by the web role for every request. The build has no requests, and prerenders no page because headers are read.
  const nonce = (await headers()).get("x-leeway-nonce") ?? "";
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        {/* Browsers hide the nonce from scripts, so that it differs in the browser. */}
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} suppressHydrationWarning />
      </head>
      <body>
        <Providers now={Date.now()} nonce={nonce}>
          <FollowMlflowLink />
          {children}
        </Providers>
      </body>
    </html>
  );
}
