import "@mantine/core/styles.layer.css";
import "@mantine/dropzone/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "#components/ui/tokens.css";
import "#components/ui/base.css";
import "#components/ui/mantine.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
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

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" />
      </head>
      <body>
        <Providers now={Date.now()}>
          <FollowMlflowLink />
          {children}
        </Providers>
      </body>
    </html>
  );
}
