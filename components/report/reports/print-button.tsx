"use client";

import { Button } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";

/** The browser prints the page, or makes a PDF of it: one landscape page, always light. */
export function PrintButton() {
  return (
    <Button variant="default" leftSection={<IconPrinter size={15} stroke={1.7} />} onClick={() => window.print()}>
      Print or PDF
    </Button>
  );
}
