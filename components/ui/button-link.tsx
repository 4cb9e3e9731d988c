"use client";

import { Button, type ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "./link.tsx";

/** Renders a button that links to another page; for server components, which cannot pass a link component to a button. */
export function ButtonLink({ href, children, ...button }: ButtonProps & { href: string; children: ReactNode }) {
  return (
    <Button component={Link} href={href} {...button}>
      {children}
    </Button>
  );
}
